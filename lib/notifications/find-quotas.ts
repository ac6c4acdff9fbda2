import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import type { Happening } from './event.ts';

/** Shares of the day's quota that are told of, in percent. */
const WARNING = 80;
const FULL = 100;

type Row = { team_id: string; name: string; day: string; over: boolean; quota: number; used: number };

/**
 * Teams that have used 80 % or all of the UTC day's quota; only the higher of the two is told. What a day reached in
 * its last minute is told on the next, unless somebody of the team was told before, or the quota is another one since.
 */
export async function findQuotas(db: Queryable, at: Date): Promise<Happening[]> {
  const today = sql`(${at.toISOString()}::timestamptz at time zone 'utc')::date`;
  const rows = await db.execute<Row>(sql`
    select l.team_id, t.name, used.day::text as day, used.day < ${today} as over, l.daily_quota as quota,
      used.requests as used
    from (
      select team_id, day, sum(requests)::float8 as requests from usage_daily
      where day in (${today}, ${today} - 1) group by team_id, day) as used
    join team_limits l on l.team_id = used.team_id
    join teams t on t.id = used.team_id and t.deleted_at is null
    where l.daily_quota > 0 and used.requests * 100 >= l.daily_quota::float8 * ${WARNING}
      and (used.day = ${today} or not (${wasTold()} or ${wasAnother(today)}))
    order by l.team_id, used.day`);
  return rows.map(({ team_id: teamId, name, day, over, quota, used }) => {
    const isFull = used >= quota;
    const date = dateOf(day);
    const calls = `${used.toLocaleString('en')} of ${quota.toLocaleString('en')} calls`;
    return {
      ...{ teamId, kind: 'quota', cause: `${isFull ? CAUSES.full : CAUSES.warning}${day}` },
      ...(over ? pastWords(name, date, calls, isFull) : wordsOf(name, date, calls, isFull)),
      path: '/settings/limits',
    };
  });
}

const CAUSES = { warning: `quota_${WARNING}:`, full: `quota_${FULL}:` } as const;

/** Whoever joins on the next day, or is to be told from then on, missed nothing. */
const wasTold = () => sql`exists (
  select 1 from members m join notifications n on n.member_id = m.id
  where m.team_id = used.team_id
    and n.cause = case when used.requests >= l.daily_quota then ${CAUSES.full}::text else ${CAUSES.warning} end || used.day::text)`;

/** The quota, or a plan's, was changed since the day was over: the present one says nothing of that day. */
const wasAnother = (today: ReturnType<typeof sql>) => sql`exists (
  select 1 from audit_events e
  where (e.team_id = used.team_id or e.team_id is null)
    and e.id >= usage_id_from(${today}::timestamp at time zone 'utc')
    and (e.action in ('team.assign_plan', 'plan.make_default')
      or ((e.action in ('team.set_limits', 'team.set_quota')
          or (e.action = 'plan.edit' and e.subject_id = l.plan_id::text))
        and e.before ->> 'dailyQuota' is distinct from e.after ->> 'dailyQuota')))`;

const wordsOf = (name: string, date: string, calls: string, isFull: boolean) => ({
  title: isFull ? `${name} has used up its daily quota` : `${name} has used ${WARNING} % of its daily quota`,
  body: isFull
    ? `${calls} are made on ${date} (UTC). Every further call is refused until midnight UTC.`
    : `${calls} are made on ${date} (UTC). What is left may not last until midnight UTC.`,
});

const pastWords = (name: string, date: string, calls: string, isFull: boolean) => ({
  title: isFull
    ? `${name} used up its daily quota on ${date}`
    : `${name} used ${WARNING} % of its daily quota on ${date}`,
  body: isFull
    ? `${calls} were made that day (UTC), and every further call was refused until midnight UTC. The quota has begun anew.`
    : `${calls} were made that day (UTC). The quota has begun anew.`,
});

/** `2026-11-20` as "20 November 2026". */
const dateOf = (day: string) =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(day));
