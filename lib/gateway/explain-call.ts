import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import type { Member } from '#lib/access/member.ts';
import { ADMISSION, type AdmissionRow, recordOf } from '#lib/admission/record.ts';
import { isOffered } from '#lib/catalog/is-offered.ts';
import { loadRoutes } from '#lib/catalog/load-routes.ts';
import { credentialScope } from '#lib/credentials/credential-scope.ts';
import { OneCredential } from '#lib/credentials/input.ts';
import { readUsedToday } from '#lib/quota/used-today.ts';
import { REASONS, type Reason } from '#lib/refusals/reasons.ts';
import { normalizeAddress } from './client-address.ts';
import { explain, type Trace } from './explain.ts';
import { readTarget } from './target.ts';

export const ExplainCall = OneCredential.extend({
  /** Empty if the address is unknown. */
  ip: z.string().trim().max(64),
  /** Origin or Referer. */
  origin: z.string().trim().max(2_048).optional(),
  /** An endpoint, or a request as it was made: the API's slug, the method and the path below the API. */
  endpoint: z.union([
    z.object({ id: z.uuid() }),
    z.object({ api: z.string().max(63), method: z.string().max(16), path: z.string().max(2_048) }),
  ]),
  /** When the request is or was made. Defaults to now. */
  at: z.date().optional(),
  /** The recorded reason, to explain a rejected request; null for a forwarded one. */
  recorded: z.enum(Object.keys(REASONS) as [Reason, ...Reason[]]).nullish(),
});

type Explained = { ok: true; trace: Trace } | { ok: false; reason: 'not_found' };

/** Whether the gateway would accept a request with this key. Reads the same data as the gateway and sends nothing. */
export async function explainCall(
  { db, member }: { db: Queryable; member: Member },
  input: z.output<typeof ExplainCall>,
): Promise<Explained> {
  const mine = and(credentialScope(member, 'credential.view'), eq(credentials.keyId, input.keyId));

  const [own] = await db.select({ id: credentials.id }).from(credentials).where(mine);
  if (!own) return { ok: false, reason: 'not_found' };
  const [row] = await db.execute<AdmissionRow & { now_ms: string }>(
    sql`select r.*, extract(epoch from now()) * 1000 as now_ms from (${sql.raw(ADMISSION)} where c.id = ${own.id}) r`,
  );
  if (!row) return { ok: false, reason: 'not_found' };
  const known = recordOf(row, new Set(row.endpoint_ids));
  const used = await readUsedToday(db, known.limits);
  const { route, name } = await findRoute(db, input.endpoint);

  return {
    ok: true,
    trace: explain({
      known,
      nowMs: input.at?.getTime() ?? Number(row.now_ms),
      clientIp: normalizeAddress(input.ip),
      origin: input.origin || undefined,
      referer: undefined,
      route,
      endpoint: name,
      used: known.limits.map((limit, i) => ({ limit, used: used[i]! })),
      ...(input.recorded === undefined ? {} : { recorded: input.recorded }),
    }),
  };
}

async function findRoute(db: Queryable, endpoint: z.output<typeof ExplainCall>['endpoint']) {
  if ('id' in endpoint) {
    const [row] = await db
      .select({
        endpointId: sql<string>`coalesce(${endpoints.routeId}, ${endpoints.id})`,
        productionOnly: endpoints.productionOnly,
        method: endpoints.method,
        path: endpoints.path,
        api: apis.slug,
      })
      .from(endpoints)
      .innerJoin(apis, eq(apis.id, endpoints.apiId))
      .where(and(eq(endpoints.id, endpoint.id), isOffered));
    return { route: row ?? null, name: row ? `${row.method} /${row.api}${row.path}` : 'this endpoint' };
  }
  const method = endpoint.method.toUpperCase();
  const target = readTarget(`/${endpoint.api}${endpoint.path}`);
  const routes = await loadRoutes(db, null);
  return {
    route: target && routes.match(target.api, method, target.path, target.query),
    name: `${method} /${endpoint.api}${endpoint.path}`,
  };
}
