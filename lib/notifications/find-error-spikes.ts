import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { formatCount, formatNumber, formatPercent } from '#lib/format.ts';
import type { NotificationEvent } from './event.ts';

/** Minimum requests in the last 15 minutes and in the 24 hours before, so that the rates are meaningful. */
const REQUESTS_MIN = 20;
/** A spike is an error rate of at least RATE_MIN, and at least FACTOR times the previous rate. */
const RATE_MIN = 0.1;
const FACTOR = 3;

type Row = { team_id: string; name: string; day: string } & Record<
  'calls' | 'errors' | 'server_errors' | 'calls_before' | 'errors_before',
  number
>;

/** Teams whose error rate in the last 15 minutes is far higher than in the 24 hours before. Once per UTC day. */
export async function findErrorSpikes(db: Queryable, at: Date): Promise<NotificationEvent[]> {
  const now = sql`${at.toISOString()}::timestamptz`;
  const rows = await db.execute<Row>(sql`
    with recent as materialized (
      select m.team_id, t.name, sum(m.counted)::float8 as calls, sum(m.errors)::float8 as errors,
        coalesce(sum(m.errors) filter (where m.status >= 500 or m.status is null), 0)::float8 as server_errors
      from teams t
      join usage_minutes m on m.team_id = t.id
        and m.bucket >= date_trunc('minute', ${now} - interval '15 minutes') and m.bucket <= ${now}
      where t.deleted_at is null
      group by m.team_id, t.name
      having sum(m.counted) >= ${REQUESTS_MIN} and sum(m.errors) >= sum(m.counted) * ${RATE_MIN}::float8)
    select recent.*, (${now} at time zone 'utc')::date::text as day, before.calls as calls_before,
      before.errors as errors_before
    from recent
    cross join lateral (
      select coalesce(sum(b.counted), 0)::float8 as calls, coalesce(sum(b.errors), 0)::float8 as errors
      from usage_minutes b
      where b.team_id = recent.team_id
        and b.bucket >= date_trunc('minute', ${now} - interval '15 minutes') - interval '24 hours'
        and b.bucket < date_trunc('minute', ${now} - interval '15 minutes')) as before
    where before.calls >= ${REQUESTS_MIN}
      and recent.errors / recent.calls >= ${FACTOR} * before.errors / before.calls
    order by recent.team_id`);
  return rows.map((row) => ({
    teamId: row.team_id,
    kind: 'errors',
    cause: `errors:${row.day}`,
    title: `${formatPercent(row.errors / row.calls)} of requests in ${row.name} are failing`,
    body: `${formatNumber(row.errors)} of ${formatCount(row.calls, 'request')} failed in the last 15 minutes. In the 24 hours before, the error rate was ${formatPercent(row.errors_before / row.calls_before)}.`,
    path: `/logs?status=${row.server_errors * 2 >= row.errors ? '5xx' : '4xx'}`,
  }));
}
