import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import type { Member } from '#lib/access/member.ts';
import { credentialScope } from './credential-scope.ts';
import { OneCredential } from './input.ts';
import { withSuccessors } from './key-chain.ts';

/** How many of the latest requests are read, from how many days. */
export const CALLS_MAX = 10_000;
export const CALLER_DAYS = 30;
const CALLERS_MAX = 500;

const ListCallers = OneCredential.extend({
  /** Only requests since then. By default those of the last `CALLER_DAYS` days. */
  since: z.date().optional(),
  /** Only the old key's requests before then. */
  until: z.date().optional(),
  /** The key that callers should move to, if it is not the one that a rotation created. */
  movesTo: OneCredential.shape.keyId.nullable().optional(),
});

export type Caller = {
  clientIp: string;
  userAgent: string;
  calls: number;
  refused: number;
  /** Those of the requests that came after the key was rotated; 0 if it was not. */
  callsSinceRotation: number;
  firstAt: Date;
  lastAt: Date;
  /** Such as `GET /weather/cities/{city}`, in alphabetical order. */
  endpoints: string[];
  /** When the same address and user agent first succeeded with the key's successor, or a later one. */
  movedAt: Date | null;
};

/**
 * The callers of a key: an address and a user agent are one caller. Those that have not moved to its successor come
 * first, then the latest. `isPartial`: there were more requests than were read. Null if there is no such key.
 */
export async function listCallers(
  { db, member }: { db: Queryable; member: Member },
  { keyId, since, until, movesTo }: z.output<typeof ListCallers>,
): Promise<{ callers: Caller[]; isPartial: boolean } | null> {
  const mine = and(credentialScope(member, 'credential.view'), eq(credentials.keyId, keyId));
  const [key] = await db
    .select({ id: credentials.id, successorId: credentials.successorId, rotatedAt: credentials.rotatedAt })
    .from(credentials)
    .where(mine);
  if (!key) return null;
  const successorId = movesTo ? sql`(select id from credentials where key_id = ${movesTo})` : key.successorId;

  const rows = await db.execute<Row>(sql`
    with later as (
      select id from credentials
      where id in (${withSuccessors(sql`${successorId}::uuid`)}) and team_id = ${member.teamId}
    ), old as (${recentCalls(sql`${key.id}`, since, until)}), fresh as (
      select client_ip, user_agent, min(at) as at
      from later, lateral (${recentCalls(sql`later.id`, since)}) as calls
      where outcome <> 'refused' and via <> 'tester'
      group by client_ip, user_agent
    )
    select client_ip, user_agent, sum(old.requests)::int as calls,
           coalesce(sum(old.requests) filter (where outcome = 'refused'), 0)::int as refused,
           coalesce(sum(old.requests) filter (where old.at >= ${key.rotatedAt?.toISOString() ?? null}::timestamptz), 0)::int as since_rotation,
           min(old.at) as first_at, max(old.at) as last_at, min(fresh.at) as moved_at,
           array_agg(distinct endpoint_id) filter (where endpoint_id is not null) as endpoint_ids,
           (select count(*) from old)::int as looked_at
    from old left join fresh using (client_ip, user_agent)
    group by client_ip, user_agent
    order by min(fresh.at) is not null, max(old.at) desc
    limit ${CALLERS_MAX}`);

  const names = await endpointNames(db, [...new Set(rows.flatMap((row) => row.endpoint_ids ?? []))]);
  const callers = rows.map((row) => ({
    ...{ clientIp: row.client_ip, userAgent: row.user_agent, calls: row.calls, refused: row.refused },
    callsSinceRotation: row.since_rotation,
    firstAt: new Date(row.first_at),
    lastAt: new Date(row.last_at),
    movedAt: row.moved_at === null ? null : new Date(row.moved_at),
    endpoints: (row.endpoint_ids ?? []).flatMap((id) => names.get(id) ?? []).sort(),
  }));
  return { callers, isPartial: (rows[0]?.looked_at ?? 0) >= CALLS_MAX };
}

type Row = {
  client_ip: string;
  user_agent: string;
  calls: number;
  refused: number;
  since_rotation: number;
  first_at: string;
  last_at: string;
  moved_at: string | null;
  endpoint_ids: string[] | null;
  looked_at: number;
};

/**
 * The latest requests of a key. The IDs are ordered by time, so the bound on the ID keeps the index scan within the
 * period. Two days of slack allow for a gateway with a wrong clock.
 */
export function recentCalls(credentialId: SQL, since?: Date, until?: Date): SQL {
  const start = since
    ? sql`${since.toISOString()}::timestamptz`
    : sql`now() - make_interval(hours => ${CALLER_DAYS * 24})`;
  return sql`select id, at, client_ip, user_agent, endpoint_id, outcome, reason, via, requests from usage_records
    where credential_id = ${credentialId} and id >= ${firstIdAt(sql`${start} - interval '48 hours'`)} and at >= ${start}
      ${until ? sql`and id < ${firstIdAt(sql`${until.toISOString()}::timestamptz + interval '48 hours'`)} and at < ${until.toISOString()}::timestamptz` : sql``}
    order by id desc limit ${CALLS_MAX}`;
}

/** The smallest UUIDv7 of a time: its first 48 bits are milliseconds (RFC 9562). */
export const firstIdAt = (moment: SQL): SQL =>
  sql`(lpad(to_hex((extract(epoch from ${moment}) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid`;

/** Endpoints as `METHOD /api/path`, by id. */
export async function endpointNames(db: Queryable, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: endpoints.id, method: endpoints.method, path: endpoints.path, slug: apis.slug })
    .from(endpoints)
    .innerJoin(apis, eq(apis.id, endpoints.apiId))
    .where(inArray(endpoints.id, ids));
  return new Map(rows.map(({ id, method, path, slug }) => [id, `${method} /${slug}${path}`]));
}
