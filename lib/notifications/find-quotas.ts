import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { formatCount, formatNumber, LOCALE } from '#lib/format.ts';
import type { NotificationEvent } from './event.ts';

/** Shares of the daily quota that members are notified about, in percent. */
const WARNING = 80;
const FULL = 100;

type Row = { team_id: string; name: string; day: string; over: boolean; quota: number; used: number };

/**
 * Teams that have used 80% or 100% of a UTC day's quota; only the higher one counts. Usage of a day's last minute is found
 * on the next day, unless the team was already notified or the quota has changed since. Each team's two days are read
 * through an index: the table holds one row per key and day, and this runs every minute.
 */
export async function findQuotas(db: Queryable, at: Date): Promise<NotificationEvent[]> {
  const today = sql`(${at.toISOString()}::timestamptz at time zone 'utc')::date`;
  const rows = await db.execute<Row>(sql`
    select l.team_id, t.name, used.day::text as day, used.day < ${today} as over, l.daily_quota as quota,
      used.requests as used
    from teams t
    join team_limits l on l.team_id = t.id
    cross join lateral (
      select t.id as team_id, day, sum(requests)::float8 as requests from usage_daily
      where team_id = t.id and day in (${today}, ${today} - 1) group by day) as used
    where t.deleted_at is null and l.daily_quota > 0
      and used.requests * 100 >= l.daily_quota::float8 * ${WARNING}
      and (used.day = ${today} or not (${wasNotified()} or ${quotaChanged(today)}))
    order by l.team_id, used.day`);
  return rows.map(({ team_id: teamId, name, day, over, quota, used }) => {
    const isFull = used >= quota;
    const date = dateOf(day);
    const usage = `${formatNumber(used)} of ${formatCount(quota, 'request')}`;
    return {
      ...{ teamId, kind: 'quota', cause: `${isFull ? CAUSES.full : CAUSES.warning}${day}` },
      ...(over ? pastText(name, date, usage, isFull) : currentText(name, date, usage, isFull)),
      path: '/settings/limits',
    };
  });
}

const CAUSES = { warning: `quota_${WARNING}:`, full: `quota_${FULL}:` } as const;

/** Whether a member of the team was notified on that day. Members who join later didn't miss anything. */
const wasNotified = () => sql`exists (
  select 1 from members m join notifications n on n.member_id = m.id
  where m.team_id = used.team_id
    and n.cause = case when used.requests >= l.daily_quota then ${CAUSES.full}::text else ${CAUSES.warning} end || used.day::text)`;

/** Whether the team's quota has changed since the day ended: the current quota doesn't apply to that day. */
const quotaChanged = (today: ReturnType<typeof sql>) => sql`exists (
  select 1 from audit_events e
  where (e.team_id = used.team_id or e.team_id is null)
    and e.id >= usage_id_from(${today}::timestamp at time zone 'utc')
    and (e.action in ('team.assign_plan', 'plan.make_default')
      or ((e.action in ('team.set_limits', 'team.set_quota')
          or (e.action = 'plan.edit' and e.subject_id = l.plan_id::text))
        and e.before ->> 'dailyQuota' is distinct from e.after ->> 'dailyQuota')))`;

const currentText = (name: string, date: string, usage: string, isFull: boolean) => ({
  title: `${name} has used ${isFull ? FULL : WARNING}% of its daily quota`,
  body: isFull
    ? `${usage} used on ${date} (UTC). Further requests are rejected until the quota resets at 00:00 UTC.`
    : `${usage} used on ${date} (UTC). The quota resets at 00:00 UTC.`,
});

const pastText = (name: string, date: string, usage: string, isFull: boolean) => ({
  title: `${name} used ${isFull ? FULL : WARNING}% of its daily quota on ${date}`,
  body: isFull
    ? `${usage} used that day (UTC). Further requests were rejected until 00:00 UTC. The quota has reset since.`
    : `${usage} used that day (UTC). The quota has reset since.`,
});

/** `2026-11-20` as "November 20, 2026". */
const dateOf = (day: string) =>
  new Intl.DateTimeFormat(LOCALE, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(day));
