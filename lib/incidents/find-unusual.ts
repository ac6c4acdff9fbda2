import { and, eq, gte, lte, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { incidents } from '#db/schema/incidents.ts';
import { usageDaily } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { CALLER_DAYS, endpointNames, recentCalls } from '#lib/credentials/list-callers.ts';
import { reachIncidents } from './input.ts';

/** What first happened in these hours before the revocation is new, if the key was in use before. */
const NEW_HOURS = 48;
/** A jump is a day with this many times the average of the days before it, and at least this many requests. */
const JUMP = { times: 3, calls: 100, days: 14 };

export type Unusual =
  | { kind: 'new_address'; clientIp: string; calls: number; at: Date }
  | { kind: 'new_endpoint'; endpoint: string; calls: number; at: Date }
  | { kind: 'volume'; day: string; calls: number; average: number }
  | { kind: 'refused'; reason: string; calls: number; at: Date };

/**
 * Unusual activity in the days before an incident's key was revoked: new addresses and endpoints, a jump in volume, and
 * requests that its restrictions rejected. Empty if there is no such incident.
 */
export async function findUnusual(
  { db, member }: { db: Queryable; member: Member },
  { incidentId }: { incidentId: string },
): Promise<Unusual[]> {
  const [incident] = await db
    .select({ credentialId: incidents.credentialId, revokedAt: incidents.revokedAt })
    .from(incidents)
    .where(and(reachIncidents(db, member), eq(incidents.publicId, incidentId)));
  if (!incident?.revokedAt) return [];
  const { credentialId, revokedAt } = incident;
  const [news, refused, volume] = await Promise.all([
    findNew(db, credentialId, revokedAt),
    findRefused(db, credentialId, revokedAt),
    findJump(db, member, credentialId, revokedAt),
  ]);
  return [...volume, ...news, ...refused];
}

const before = (credentialId: string, revokedAt: Date) =>
  recentCalls(
    sql`${credentialId}::uuid`,
    new Date(revokedAt.getTime() - CALLER_DAYS * 86_400_000),
    revokedAt,
  );

type Row = { client_ip: string | null; endpoint_id: string | null; calls: number; first_at: string };

async function findNew(db: Queryable, credentialId: string, revokedAt: Date): Promise<Unusual[]> {
  const rows = await db.execute<Row>(sql`
    with calls as (${before(credentialId, revokedAt)})
    select client_ip, endpoint_id, count(*)::int as calls, min(at) as first_at from calls
    where outcome <> 'refused' and endpoint_id is not null
    group by grouping sets ((client_ip), (endpoint_id))
    having min(at) >= ${revokedAt.toISOString()}::timestamptz - make_interval(hours => ${NEW_HOURS})
      and (select min(at) from calls) < ${revokedAt.toISOString()}::timestamptz - make_interval(hours => ${NEW_HOURS})
    order by min(at) desc limit 50`);
  const names = await endpointNames(
    db,
    rows.flatMap((row) => row.endpoint_id ?? []),
  );
  return rows.flatMap(({ client_ip, endpoint_id, calls, first_at }): Unusual[] => {
    const at = new Date(first_at);
    if (client_ip !== null) return [{ kind: 'new_address', clientIp: client_ip, calls, at }];
    const endpoint = endpoint_id === null ? undefined : names.get(endpoint_id);
    return endpoint ? [{ kind: 'new_endpoint', endpoint, calls, at }] : [];
  });
}

async function findRefused(db: Queryable, credentialId: string, revokedAt: Date): Promise<Unusual[]> {
  const rows = await db.execute<{ reason: string; calls: number; at: string }>(sql`
    select reason, sum(requests)::int as calls, max(at) as at
    from (${before(credentialId, revokedAt)}) as calls
    where outcome = 'refused' and reason in ('ip_not_allowed', 'domain_not_allowed', 'endpoint_not_connected')
      and at >= ${revokedAt.toISOString()}::timestamptz - interval '168 hours'
    group by reason order by sum(requests) desc`);
  return rows.map(({ reason, calls, at }) => ({ kind: 'refused', reason, calls, at: new Date(at) }));
}

/** Compares the day of the revocation and the day before with the days before them. */
async function findJump(
  db: Queryable,
  member: Member,
  credentialId: string,
  revokedAt: Date,
): Promise<Unusual[]> {
  const last = sql`(${revokedAt.toISOString()}::timestamptz at time zone 'utc')::date`;
  const rows = await db
    .select({
      day: usageDaily.day,
      calls: usageDaily.requests,
      isLast: sql<boolean>`${usageDaily.day} >= ${last} - 1`,
    })
    .from(usageDaily)
    .where(
      and(
        eq(usageDaily.credentialId, credentialId),
        eq(usageDaily.teamId, member.teamId),
        gte(usageDaily.day, sql`${last} - ${JUMP.days + 1}::int`),
        lte(usageDaily.day, last),
      ),
    )
    .orderBy(usageDaily.day);
  const earlier = rows.filter((row) => !row.isLast);
  if (earlier.length === 0) return [];
  const average = Math.round(earlier.reduce((sum, row) => sum + row.calls, 0) / JUMP.days);
  return rows
    .filter((row) => row.isLast && row.calls >= JUMP.calls && row.calls > JUMP.times * average)
    .map(({ day, calls }) => ({ kind: 'volume', day, calls, average }));
}
