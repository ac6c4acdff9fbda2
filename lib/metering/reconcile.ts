import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { type UsageDifference, type UsageSource, usageReconciliations } from '#db/schema/usage.ts';

/** This long after midnight, all gateways have returned what they held of the day before and shipped its requests. */
const SETTLED_AFTER = '15 minutes';
const ROWS_PER_INSERT = 1_000;
const FOUND = [
  'reserved',
  'held',
  'rows',
  'open',
  'minutes',
  'hours',
  'days',
  'daily',
  'difference',
  'details',
];

type Figure = UsageDifference['figure'];
type Sums = Record<Figure, number>;
/** All figures of a team's day, read at the same time. Null if no longer kept. */
type Figures = {
  teamId: string;
  reserved: number;
  granted: number;
  /** Counted rows of processes whose grants aren't settled, and the most that these can have used. */
  live: { rows: number; most: number };
  /** What settled processes used according to their grants, and their counted rows, per process. */
  settled: { used: number; rows: number }[];
  open: number;
  rows: Sums | null;
  minutes: Sums | null;
  hours: Sums | null;
  days: Sums;
  daily: Omit<Sums, 'calls'>;
};

export type Reconciled = {
  day: string;
  teams: number;
  /** The teams whose figures differ, the largest difference first. */
  differing: { teamId: string; difference: number; details: UsageDifference[] }[];
};

/**
 * Compares the figures of a UTC day, of every team or one: the quota's counter, the gateways' grants, the rows and the
 * rollups. Differences are stored for the operator and the team. Today's counter can be ahead by what gateways hold and
 * have not reported. A past day must agree exactly.
 */
export async function reconcileDay(
  db: Queryable,
  { day, teamId }: { day?: string; teamId?: string } = {},
): Promise<Reconciled> {
  const [about] = await db.execute<{ day: string; settled: boolean; minutes: boolean; hours: boolean }>(sql`
    select d.day::text as day, now() > (d.day + 1)::timestamp at time zone 'utc' + ${SETTLED_AFTER}::interval as settled,
      d.age < 3 as minutes, d.age < 100 as hours
    from (select day, (now() at time zone 'utc')::date - day as age
      from (select coalesce(${day ?? null}::date, (now() at time zone 'utc')::date) as day) d) d`);
  const figures = await readFigures(db, about!.day, teamId);
  const checked = figures.map((of) => {
    const { minutes, hours } = of;
    const kept = { ...of, minutes: about!.minutes ? minutes : null, hours: about!.hours ? hours : null };
    return { of: kept, ...compare(kept, about!.settled) };
  });
  await store(db, about!.day, checked);
  return {
    day: about!.day,
    teams: checked.length,
    differing: checked
      .filter(({ details }) => details.length > 0)
      .map(({ of, difference, details }) => ({ teamId: of.teamId, difference, details }))
      .sort((a, b) => b.difference - a.difference),
  };
}

/** Every pair of figures that should be equal but isn't, and the sum of the differences. */
function compare(of: Figures, settled: boolean): { details: UsageDifference[]; difference: number } {
  const details: UsageDifference[] = [];
  const equal = (figure: Figure, between: [UsageSource, UsageSource], values: [number, number]) => {
    if (values[0] !== values[1]) details.push({ figure, between, values });
  };
  equal('counted', ['quota', 'grants'], [of.reserved, of.granted]);
  for (const { used, rows } of of.rows ? of.settled : []) equal('counted', ['grants', 'rows'], [used, rows]);
  const { live, open } = of;
  if (of.rows) {
    if (settled) equal('counted', ['grants', 'rows'], [live.most, live.rows]);
    // An open request may turn out not to count toward the quota, and may already have been returned.
    else if (live.rows - open > live.most)
      equal('counted', ['grants', 'rows'], [live.most, live.rows - open]);
  }
  const [base, from]: [Sums, UsageSource] = of.rows ? [of.rows, 'rows'] : [of.days, 'days'];
  for (const figure of ['counted', 'calls', 'errors', 'refused'] as const) {
    for (const source of ['minutes', 'hours', 'days'] as const) {
      const sums = of[source];
      if (sums && source !== from) equal(figure, [from, source], [base[figure], sums[figure]]);
    }
    if (figure === 'calls') continue;
    const ahead = figure === 'counted' ? open : 0; // The daily sums count a request at its admission.
    equal(figure, [from, 'daily'], [base[figure] + ahead, of.daily[figure]]);
  }
  const difference = details.reduce((sum, { values: [a, b] }) => sum + Math.abs(a - b), 0);
  return { details, difference };
}

async function store(
  db: Queryable,
  day: string,
  checked: ({ of: Figures } & ReturnType<typeof compare>)[],
): Promise<void> {
  const rows = checked.map(({ of, details, difference }) => ({
    day,
    teamId: of.teamId,
    reserved: of.reserved,
    held: Math.max(0, of.live.most - of.live.rows),
    rows: of.rows && of.rows.counted + of.open,
    open: of.rows && of.open,
    minutes: of.minutes?.counted ?? null,
    hours: of.hours?.counted ?? null,
    days: of.days.counted,
    daily: of.daily.counted,
    difference,
    details,
    checkedAt: sql`now()`,
    differsSince: difference > 0 ? sql`now()` : null,
  }));
  const replaced = Object.fromEntries(FOUND.map((column) => [column, sql.raw(`excluded.${column}`)]));
  const kept = sql`case when excluded.difference > 0 then coalesce(${usageReconciliations.differsSince}, now()) end`;
  for (let from = 0; from < rows.length; from += ROWS_PER_INSERT) {
    await db
      .insert(usageReconciliations)
      .values(rows.slice(from, from + ROWS_PER_INSERT))
      .onConflictDoUpdate({
        target: [usageReconciliations.day, usageReconciliations.teamId],
        set: {
          ...replaced,
          checkedAt: sql`now()`,
          differsSince: kept,
        },
      });
  }
}

/** One statement, so that all figures are from the same time. */
async function readFigures(db: Queryable, day: string, teamId: string | undefined): Promise<Figures[]> {
  const of = (column: string) => (teamId ? sql`and ${sql.raw(column)} = ${teamId}::uuid` : sql``);
  const start = sql`${day}::date::timestamp at time zone 'utc'`;
  const end = sql`(${day}::date + 1)::timestamp at time zone 'utc'`;
  const sums = sql`sum(counted)::int as counted, sum(calls)::int as calls, sum(errors)::int as errors, sum(refused)::int as refused`;
  const rollup = (table: string) => sql`
    select team_id, ${sums} from ${sql.identifier(table)} where bucket >= ${start} and bucket < ${end} ${of('team_id')} group by team_id`;
  const json = (table: string) =>
    sql.raw(`coalesce(to_jsonb(${table}) - 'team_id', '{"counted":0,"calls":0,"errors":0,"refused":0}')`);
  // IDs follow the admission. For a request that waited for its quota at midnight, that's before the start of the day.
  return await db.execute<Figures>(sql`
    with nodes as (
      select team_id, node_id, count(*) filter (where counted)::int as rows,
        count(*) filter (where counted and outcome = 'open')::int as open,
        coalesce(sum(requests) filter (where outcome <> 'open'), 0)::int as calls,
        count(*) filter (where counted and (coalesce(status, 0) >= 400 or outcome in ('aborted', 'unknown')))::int as errors,
        coalesce(sum(requests) filter (where outcome = 'refused'), 0)::int as refused
      from usage_records
      where id >= usage_id_from(${start} - interval '1 hour') and id < usage_id_from(${end} + interval '1 hour')
        and day = ${day}::date ${of('team_id')}
      group by team_id, node_id
    ),
    logged as (
      select team_id, sum(rows - open)::int as counted, sum(calls)::int as calls, sum(errors)::int as errors,
        sum(refused)::int as refused, sum(open)::int as open from nodes group by team_id
    ),
    minutes as (${rollup('usage_minutes')}),
    hours as (${rollup('usage_hours')}),
    days as (${rollup('usage_days')}),
    daily as (
      select team_id, sum(requests)::int as counted, sum(errors)::int as errors, sum(refused)::int as refused
      from usage_daily where day = ${day}::date ${of('team_id')} group by team_id
    ),
    grants as (
      select g.subject_id as team_id, sum(g.granted - g.returned)::int as granted,
        coalesce(sum(g.granted - g.returned) filter (where g.settled_at is null), 0)::int as most,
        coalesce(sum(n.rows) filter (where g.settled_at is null), 0)::int as live_rows,
        coalesce(jsonb_agg(jsonb_build_object('used', g.granted - g.returned, 'rows', coalesce(n.rows, 0)))
          filter (where g.settled_at is not null), '[]') as settled
      from quota_grants g left join nodes n on n.node_id = g.node_id and n.team_id = g.subject_id
      where g.kind = 'team' and g.day = ${day}::date ${of('g.subject_id')} group by g.subject_id
    ),
    -- Rows of processes without a grant.
    ungranted as (
      select n.team_id, sum(n.rows)::int as rows from nodes n
      where not exists (select from quota_grants g where g.kind = 'team' and g.day = ${day}::date
        and g.node_id = n.node_id and g.subject_id = n.team_id) group by n.team_id
    ),
    quota as (
      select subject_id as team_id, reserved from quota_days where kind = 'team' and day = ${day}::date ${of('subject_id')}
    ),
    teams_seen as (
      select team_id from logged union select team_id from days union select team_id from hours union select team_id from minutes
      union select team_id from daily union select team_id from quota union select team_id from grants
    )
    select t.team_id as "teamId", coalesce(quota.reserved, 0) as reserved, coalesce(grants.granted, 0) as granted,
      jsonb_build_object('rows', coalesce(grants.live_rows, 0) + coalesce(ungranted.rows, 0), 'most', coalesce(grants.most, 0)) as live,
      coalesce(grants.settled, '[]') as settled, coalesce(logged.open, 0) as open,
      case when l.retention_days < (now() at time zone 'utc')::date - ${day}::date then null else ${json('logged')} - 'open' end as rows,
      ${json('minutes')} as minutes, ${json('hours')} as hours, ${json('days')} as days, ${json('daily')} as daily
    from teams_seen t
    left join team_limits l using (team_id) left join quota using (team_id) left join grants using (team_id)
    left join ungranted using (team_id) left join logged using (team_id) left join minutes using (team_id)
    left join hours using (team_id) left join days using (team_id) left join daily using (team_id)
    order by t.team_id`);
}
