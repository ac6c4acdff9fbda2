import type postgres from 'postgres';
import type { DayLimit } from '#lib/admission/day-limits.ts';
import { withSuccessorsText } from '#lib/credentials/key-chain.ts';

/** One limit on one UTC day, `YYYY-MM-DD`. */
type LimitDay = Pick<DayLimit, 'kind' | 'subjectId'> & { readonly day: string };

/** Recorded requests that a limit counts, as SQL over `s(subject_id, day)`. */
export const ON_RECORD: Record<DayLimit['kind'], string> = {
  team: 'select sum(u.requests) from usage_daily u where u.team_id = s.subject_id and u.day = s.day',
  non_production: `
    select sum(u.requests) from usage_daily u join credentials c on c.id = u.credential_id
    where u.team_id = s.subject_id and u.day = s.day and c.environment <> 'production'`,
  application:
    'select sum(u.requests) from usage_daily u where u.application_id = s.subject_id and u.day = s.day',
  member: `
    select sum(u.requests) from members m join credentials c on c.team_id = m.team_id and c.member_id = m.id
    join usage_daily u on u.credential_id = c.id and u.day = s.day where m.id = s.subject_id`,
  credential: `
    select sum(u.requests) from usage_daily u where u.day = s.day and u.credential_id in (
      ${withSuccessorsText('s.subject_id')})`,
};

/**
 * Creates the row that counts a limit's day. It starts with the recorded requests, so a limit set during the day includes
 * earlier ones. The team's limit is counted from its first request.
 */
export async function openDay(sql: postgres.Sql, { kind, subjectId, day }: LimitDay): Promise<void> {
  const onRecord = kind === 'team' ? 'select 0' : ON_RECORD[kind];
  await sql`
    insert into quota_days (kind, subject_id, day, reserved)
    select ${kind}::quota_kind, s.subject_id, s.day, coalesce((${sql.unsafe(onRecord)}), 0)
    from (select ${subjectId}::uuid as subject_id, ${day}::date as day) s
    on conflict (kind, subject_id, day) do update set reserved = excluded.reserved
    where quota_days.reserved < excluded.reserved`;
}

export type Granted = { granted: number; reserved: number };

/**
 * Reserves part of a limit's day for a process: at most a tenth of what is left, so that the last requests go to whichever
 * process needs them. Null if the day has no row yet. One statement, so that the row is locked briefly.
 */
export async function grant(
  sql: postgres.Sql,
  nodeId: string,
  { kind, subjectId, day }: LimitDay,
  limit: number,
  wanted: number,
): Promise<Granted | null> {
  const [row] = await sql<Granted[]>`
    with day as (
      select reserved, ${limit}::bigint - reserved as free from quota_days
      where kind = ${kind} and subject_id = ${subjectId} and day = ${day} for update
    ), part as (
      select reserved, greatest(0, least(${wanted}::bigint, free, greatest(1, free / 10)))::int as granted from day
    ), raised as (
      update quota_days q set reserved = q.reserved + part.granted from part
      where q.kind = ${kind} and q.subject_id = ${subjectId} and q.day = ${day} and part.granted > 0
      returning q.reserved
    ), noted as (
      insert into quota_grants (node_id, kind, subject_id, day, granted)
      select ${nodeId}::uuid, ${kind}::quota_kind, ${subjectId}::uuid, ${day}::date, part.granted from part, raised
      on conflict (node_id, kind, subject_id, day) do update set granted = quota_grants.granted + excluded.granted
    )
    select granted, reserved + granted as reserved from part`;
  return row ?? null;
}

/** Returns what a process reserved and didn't use. Locks the day's row first, as `grant` does. */
export async function returnGrant(
  sql: postgres.Sql,
  nodeId: string,
  { kind, subjectId, day }: LimitDay,
  unused: number,
): Promise<void> {
  await sql`
    with lowered as (
      update quota_days set reserved = greatest(0, reserved - ${unused})
      where kind = ${kind} and subject_id = ${subjectId} and day = ${day} returning kind
    )
    update quota_grants g set returned = least(g.granted, g.returned + ${unused}) from lowered
    where g.node_id = ${nodeId} and g.kind = lowered.kind and g.subject_id = ${subjectId} and g.day = ${day}`;
}

/**
 * Returns what a stopped process held and didn't use, once all of its requests are recorded. Settling twice changes
 * nothing. One transaction per day of a limit, today's first: counting can take long, and other processes that use the
 * limit must not wait for it.
 */
export async function settleGrants(
  sql: postgres.Sql,
  nodeId: string,
  { since = '-infinity' }: { since?: string } = {},
): Promise<void> {
  const open = await sql<LimitDay[]>`
    select kind, subject_id as "subjectId", day::text as day from quota_grants
    where node_id = ${nodeId} and settled_at is null and day >= ${since}::date order by quota_grants.day desc, kind, subject_id`;
  for (const limitDay of open) await sql.begin((tx) => settle(tx, nodeId, limitDay));
}

async function settle(
  tx: postgres.TransactionSql,
  nodeId: string,
  { kind, subjectId, day }: LimitDay,
): Promise<void> {
  const [open] = await tx<{ held: number }[]>`
    select granted - returned as held from quota_grants
    where node_id = ${nodeId} and kind = ${kind} and subject_id = ${subjectId} and day = ${day} and settled_at is null
    for update`;
  if (!open) return;
  const [row] = await tx<{ used: number }[]>`
    select count(*)::int as used from usage_records r, (select ${subjectId}::uuid as subject_id) s
    where r.node_id = ${nodeId} and r.day = ${day} and r.counted and ${tx.unsafe(DREW_ON[kind])}
      and r.id >= usage_id_from(${day}::date::timestamp at time zone 'utc' - interval '1 hour')
      and r.id < usage_id_from(${day}::date::timestamp at time zone 'utc' + interval '25 hours')`;
  const unused = Math.max(0, open.held - row!.used);
  await tx`
    update quota_days set reserved = greatest(0, reserved - ${unused})
    where kind = ${kind} and subject_id = ${subjectId} and day = ${day}`;
  await tx`
    update quota_grants set returned = returned + ${unused}, settled_at = now()
    where node_id = ${nodeId} and kind = ${kind} and subject_id = ${subjectId} and day = ${day}`;
}

/**
 * Raises a process's grants, and the days they are counted in, to what it has used: a database that lost commits also lost
 * grants. Doing it twice changes nothing. Limits other than the team's are raised when they are next used (`openDay`).
 */
export async function restoreGrants(sql: postgres.Sql, nodeId: string): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`select set_config('statement_timeout', '60s', true), pg_advisory_xact_lock(hashtextextended(${nodeId}, 0))`;
    await tx`
      with used as (
        select team_id, day, count(*)::int as requests from usage_records
        where node_id = ${nodeId} and counted and id >= usage_id_from(now() - interval '2 days') group by 1, 2
      ), short as (
        select u.team_id, u.day, u.requests - coalesce(g.granted - g.returned, 0) as missing
        from used u left join quota_grants g
          on g.node_id = ${nodeId} and g.kind = 'team' and g.subject_id = u.team_id and g.day = u.day
        where u.requests > coalesce(g.granted - g.returned, 0)
      ), raised as (
        insert into quota_days (kind, subject_id, day, reserved)
        select 'team', team_id, day, missing from short order by team_id, day
        on conflict (kind, subject_id, day) do update set reserved = quota_days.reserved + excluded.reserved
      )
      insert into quota_grants (node_id, kind, subject_id, day, granted)
      select ${nodeId}, 'team', team_id, day, missing from short order by team_id, day
      on conflict (node_id, kind, subject_id, day) do update set granted = quota_grants.granted + excluded.granted`;
  });
}

/** The condition for a process's requests that count toward a limit. It includes the team because of the index. */
const DREW_ON: Record<DayLimit['kind'], string> = {
  team: 'r.team_id = s.subject_id',
  non_production: "r.team_id = s.subject_id and r.environment <> 'production'",
  application:
    'r.application_id = s.subject_id and r.team_id = (select team_id from applications where id = s.subject_id)',
  member: 'r.member_id = s.subject_id and r.team_id = (select team_id from members where id = s.subject_id)',
  credential: `r.credential_id in (${withSuccessorsText('s.subject_id')})`,
};
