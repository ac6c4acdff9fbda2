import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { formatCount } from '#lib/format.ts';
import type { NotificationEvent } from './event.ts';

/** How far back to look, in case the job didn't run for a while. */
const LOOK_BACK = sql`interval '30 minutes'`;

/** Reasons that apply to the whole team or the gateway, not to a single key. */
const NOT_KEY_SPECIFIC = sql`('quota_exceeded', 'production_reserved', 'metering_unavailable', 'temporarily_unavailable', 'internal_error')`;

type Row = {
  team_id: string;
  key_id: string;
  name: string;
  member_id: string | null;
  reason: string;
  day: string;
  refused: number;
};

/** Keys whose requests are rejected for a reason that didn't occur in the 7 days before. */
export async function findFirstRefusals(
  db: Queryable,
  at: Date,
  reasonWords: (code: string) => string,
): Promise<NotificationEvent[]> {
  const now = sql`${at.toISOString()}::timestamptz`;
  const day = sql`date_trunc('day', recent.first_at, 'utc')`;
  const rows = await db.execute<Row>(sql`
    with recent as materialized (
      select m.team_id, m.credential_id, m.reason, min(m.bucket) as first_at, sum(m.refused)::float8 as refused
      from teams t
      join usage_minutes m on m.team_id = t.id
        and m.bucket >= date_trunc('minute', ${now} - ${LOOK_BACK}) and m.bucket <= ${now}
      where t.deleted_at is null and m.outcome = 'refused' and m.reason not in ${NOT_KEY_SPECIFIC}
      group by m.team_id, m.credential_id, m.reason)
    select recent.team_id, c.key_id, c.name, c.member_id, recent.reason, recent.refused,
      (recent.first_at at time zone 'utc')::date::text as day
    from recent
    join credentials c on c.id = recent.credential_id
    where not exists (
        select 1 from usage_days d
        where d.team_id = recent.team_id and d.bucket >= ${day} - interval '168 hours' and d.bucket < ${day}
          and d.credential_id = recent.credential_id and d.outcome = 'refused' and d.reason = recent.reason)
      and not exists (
        select 1 from usage_minutes e
        where e.team_id = recent.team_id and e.bucket >= ${day} and e.bucket < recent.first_at
          and e.credential_id = recent.credential_id and e.outcome = 'refused' and e.reason = recent.reason)
    order by recent.team_id, c.key_id, recent.reason`);
  return rows.map((row) => ({
    teamId: row.team_id,
    kind: 'refusals',
    cause: `refused:${row.key_id}:${row.reason}:${row.day}`,
    title: `Requests with the key “${row.name}” are rejected`,
    body: `${formatCount(row.refused, 'request was', 'requests were')} rejected, for the first time in 7 days: ${reasonWords(row.reason)}`,
    path: `/logs?key=${row.key_id}&status=refused`,
    keyMemberId: row.member_id,
  }));
}
