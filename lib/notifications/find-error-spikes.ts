import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import type { Happening } from './event.ts';

/** Below so many calls in the quarter of an hour, or in the day before it, a rate says little. */
const CALLS_MIN = 20;
/** An error rate is told when it is this high, and so many times what it was. */
const RATE_MIN = 0.1;
const TIMES = 3;

type Row = { team_id: string; name: string; day: string } & Record<
  'calls' | 'errors' | 'server_errors' | 'calls_before' | 'errors_before',
  number
>;

/** Teams whose calls of the last 15 minutes fail far more often than in the 24 hours before; once a UTC day. */
export async function findErrorJumps(db: Queryable, at: Date): Promise<Happening[]> {
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
      having sum(m.counted) >= ${CALLS_MIN} and sum(m.errors) >= sum(m.counted) * ${RATE_MIN}::float8)
    select recent.*, (${now} at time zone 'utc')::date::text as day, before.calls as calls_before,
      before.errors as errors_before
    from recent
    cross join lateral (
      select coalesce(sum(b.counted), 0)::float8 as calls, coalesce(sum(b.errors), 0)::float8 as errors
      from usage_minutes b
      where b.team_id = recent.team_id
        and b.bucket >= date_trunc('minute', ${now} - interval '15 minutes') - interval '24 hours'
        and b.bucket < date_trunc('minute', ${now} - interval '15 minutes')) as before
    where before.calls >= ${CALLS_MIN}
      and recent.errors / recent.calls >= ${TIMES} * before.errors / before.calls
    order by recent.team_id`);
  return rows.map((row) => ({
    teamId: row.team_id,
    kind: 'errors',
    cause: `errors:${row.day}`,
    title: `${percent(row.errors, row.calls)} of the calls of ${row.name} fail`,
    body: `${row.errors.toLocaleString('en')} of ${row.calls.toLocaleString('en')} calls failed in the last 15 minutes; in the 24 hours before it was ${percent(row.errors_before, row.calls_before)}.`,
    path: `/logs?status=${row.server_errors * 2 >= row.errors ? '5xx' : '4xx'}`,
  }));
}

const percent = (part: number, whole: number) =>
  `${((100 * part) / whole).toLocaleString('en', { maximumFractionDigits: 1 })} %`;
