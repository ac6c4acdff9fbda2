import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import type { Happening } from './happening.ts';

/** Shares of the day's quota that are told of, in percent. */
const WARNING = 80;
const FULL = 100;

type Row = { team_id: string; name: string; day: string; quota: number; used: number };

/** Teams that have used 80 % or all of the UTC day's quota; only the higher of the two is told. */
export async function findQuotas(db: Queryable, at: Date): Promise<Happening[]> {
  const rows = await db.execute<Row>(sql`
    select l.team_id, t.name, used.day::text as day, l.daily_quota as quota, used.requests as used
    from (
      select team_id, day, sum(requests)::float8 as requests from usage_daily
      where day = (${at.toISOString()}::timestamptz at time zone 'utc')::date group by team_id, day) as used
    join team_limits l on l.team_id = used.team_id
    join teams t on t.id = used.team_id and t.deleted_at is null
    where l.daily_quota > 0 and used.requests * 100 >= l.daily_quota::float8 * ${WARNING}
    order by l.team_id`);
  return rows.map(({ team_id: teamId, name, day, quota, used }) => {
    const isFull = used >= quota;
    const calls = `${used.toLocaleString('en')} of ${quota.toLocaleString('en')} calls`;
    return {
      teamId,
      kind: 'quota',
      cause: `quota_${isFull ? FULL : WARNING}:${day}`,
      title: isFull
        ? `${name} has used up its daily quota`
        : `${name} has used ${WARNING} % of its daily quota`,
      body: isFull
        ? `${calls} are made. Every further call is refused until midnight UTC.`
        : `${calls} are made today (UTC). What is left may not last until midnight UTC.`,
      path: '/settings/limits',
    };
  });
}
