import { and, asc, eq, gte, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { incidents } from '#db/schema/incidents.ts';
import { usageDaily } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { CALLER_DAYS, CALLS_MAX, recentCalls } from '#lib/credentials/list-callers.ts';
import { reachIncidents } from './input.ts';

type DeadCaller = {
  clientIp: string;
  userAgents: string[];
  calls: number;
  firstAt: Date;
  lastAt: Date;
  /** Whether no request came from there in the month before the key was revoked. */
  isNew: boolean;
};

export type Watched = {
  /** As recorded so far: gateways report every second. */
  lastAcceptedAt: Date | null;
  refused: number;
  firstRefusedAt: Date | null;
  addresses: DeadCaller[];
  days: { day: string; refused: number }[];
  /** More requests were rejected than were read: the addresses are those of the latest. */
  isPartial: boolean;
};

/** The use of an incident's revoked key: its last accepted request and all rejected ones since. Null for no incident. */
export async function monitorIncident(
  { db, member }: { db: Queryable; member: Member },
  { incidentId }: { incidentId: string },
): Promise<Watched | null> {
  const [incident] = await db
    .select({ credentialId: incidents.credentialId, revokedAt: incidents.revokedAt })
    .from(incidents)
    .where(and(reachIncidents(db, member), eq(incidents.publicId, incidentId)));
  if (!incident?.revokedAt) return null;
  const { credentialId, revokedAt } = incident;

  const id = sql`${credentialId}::uuid`;
  const monthBefore = new Date(revokedAt.getTime() - CALLER_DAYS * 86_400_000);
  const [[last], addresses, perDay, days] = await Promise.all([
    db.execute<{ at: string | null }>(sql`
      select max(at) as at from (${recentCalls(id, monthBefore)}) as calls where outcome <> 'refused'`),
    db.execute<AddressRow>(sql`
      with before as (${recentCalls(id, monthBefore, revokedAt)})
      select client_ip, sum(requests)::int as calls, min(at) as first_at, max(at) as last_at,
             (array_agg(distinct user_agent))[1:5] as user_agents,
             not exists (select 1 from before b where b.client_ip = calls.client_ip) as is_new
      from (${recentCalls(id, revokedAt)}) as calls
      where outcome = 'refused'
      group by client_ip order by max(at) desc limit 200`),
    db.execute<{ day: string; calls: number; looked_at: number }>(sql`
      select to_char(at at time zone 'utc', 'YYYY-MM-DD') as day,
             coalesce(sum(requests) filter (where outcome = 'refused'), 0)::int as calls, sum(count(*)) over ()::int as looked_at
      from (${recentCalls(id, revokedAt)}) as calls group by 1 order by 1`),
    db
      .select({ day: usageDaily.day, refused: usageDaily.refused })
      .from(usageDaily)
      .where(
        and(
          eq(usageDaily.credentialId, credentialId),
          eq(usageDaily.teamId, member.teamId),
          gte(usageDaily.day, sql`(${revokedAt.toISOString()}::timestamptz at time zone 'utc')::date`),
        ),
      )
      .orderBy(asc(usageDaily.day)),
  ]);
  // The daily sums include all requests. Those of the first day include rejections before the revocation.
  const isPartial = (perDay[0]?.looked_at ?? 0) >= CALLS_MAX;
  const counted = isPartial ? days : perDay.map(({ day, calls }) => ({ day, refused: calls }));
  const firsts = addresses.map((row) => new Date(row.first_at).getTime());
  return {
    lastAcceptedAt: last?.at ? new Date(last.at) : null,
    refused: counted.reduce((sum, { refused }) => sum + refused, 0),
    firstRefusedAt: firsts.length > 0 && !isPartial ? new Date(Math.min(...firsts)) : null,
    days: counted,
    isPartial,
    addresses: addresses.map((row) => ({
      ...{ clientIp: row.client_ip, userAgents: row.user_agents, calls: row.calls, isNew: row.is_new },
      ...{ firstAt: new Date(row.first_at), lastAt: new Date(row.last_at) },
    })),
  };
}

type AddressRow = {
  client_ip: string;
  calls: number;
  first_at: string;
  last_at: string;
  user_agents: string[];
  is_new: boolean;
};
