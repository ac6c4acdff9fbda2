import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { type Histogram, quantile, unpack } from '#lib/metering/histogram.ts';
import type { Percentiles, UsageBar, UsageSums } from './types.ts';
import { resolveScope, type Scoped, type UsageScope } from './usage-scope.ts';
import { floor, type Grain, isKept, next, type Span } from './usage-span.ts';

export type Usage = {
  scope: Scoped;
  span: Span;
  bars: UsageBar[];
  totals: UsageSums & { latency: Percentiles | null };
  /**
   * This period and the previous one, both limited to the bars that are complete: an incomplete bar would look like a
   * drop. Null without a comparison, or if the previous period is no longer stored.
   */
  compared: { requests: number; errors: number; before: UsageSums } | null;
  /** Requests in progress. They aren't part of any sum yet. */
  open: number;
  /** Whether the scope has any requests at all. */
  everCalled: boolean;
  /** When the data was read. */
  asOf: Date;
};

/**
 * Usage per bar, in total, and compared with the previous period: of the team for owners and admins, of their own keys for
 * members. Read from rollups, so a request counts seconds after it ends. Null if the scope names something that doesn't exist.
 */
export async function readUsage(
  { db, member }: { db: Queryable; member: Member },
  { scope, span, compare = true, now = new Date() }: UsageRequest,
): Promise<Usage | null> {
  const scoped = await resolveScope({ db, member }, scope);
  if (!scoped) return null;
  const { grain, from, to, earlier } = span;
  const compares = compare && isKept(earlier(from), grain, now);
  const [rows, past, open] = await Promise.all([
    readBars(db, scoped, { grain, from, to }, sql`(sum(latency) filter (where outcome = 'answered'))::text`),
    compares ? readBars(db, scoped, { grain, from: earlier(from), to: earlier(to) }, sql`null`) : null,
    to > now ? readOpen(db, scoped, from) : 0,
  ]);
  const found = new Map(rows.map((row) => [row.startMs, row]));
  const pastByStart = past && new Map(past.map((row) => [row.startMs, row]));
  const merged: number[] = [];
  const bars = span.starts.map((start): UsageBar => {
    const row = found.get(start.getTime());
    const end = next(start, grain);
    const histogram = unpack(row?.latency ?? null);
    histogram.forEach((count, cell) => {
      merged[cell] = (merged[cell] ?? 0) + count;
    });
    return {
      ...{ start, end, complete: end <= now },
      ...sumsOf(row),
      latency: percentilesOf(histogram),
      previous: pastByStart && (pastByStart.get(earlier(start).getTime())?.requests ?? 0),
    };
  });
  const over = bars.filter((bar) => bar.complete);
  const totals = total(bars);
  return {
    ...{ scope: scoped, span, bars, open, asOf: now },
    everCalled: totals.calls + open > 0 || (await readEverCalled(db, scoped)),
    totals: { ...totals, latency: percentilesOf(merged) },
    compared: pastByStart && {
      requests: total(over).requests,
      errors: total(over).errors,
      before: total(over.map((bar) => sumsOf(pastByStart.get(earlier(bar.start).getTime())))),
    },
  };
}

export type UsageRequest = {
  scope: Partial<UsageScope>;
  span: Span;
  /** Whether to read the previous period. */
  compare?: boolean;
  now?: Date;
};

type Row = UsageSums & { startMs: number; latency: string | null };

const TABLES = {
  minute: sql`usage_minutes`,
  quarter: sql`usage_minutes`,
  hour: sql`usage_hours`,
  day: sql`usage_days`,
  month: sql`usage_days`,
} as const satisfies Record<Grain, SQL>;

const STARTS: Partial<Record<Grain, SQL>> = {
  quarter: sql`date_bin('15 minutes', bucket, 'epoch')`,
  month: sql`date_trunc('month', bucket, 'UTC')`,
};

function readBars(
  db: Queryable,
  { rows }: Scoped,
  { grain, from, to }: Pick<Span, 'grain' | 'from' | 'to'>,
  latency: SQL,
) {
  return db.execute<Row>(sql`
    select (extract(epoch from start) * 1000)::float8 as "startMs", ${SUMS}, ${latency} as latency
    from (select ${STARTS[grain] ?? sql`bucket`} as start, calls, counted, errors, refused, latency, outcome
      from ${TABLES[grain]} where ${rows} and ${within(from, to)}) r
    group by start order by start`);
}

/** The sums of a rollup, as columns of a select. */
export const SUMS = sql`sum(counted)::float8 as requests, sum(errors)::float8 as errors, sum(refused)::float8 as refused,
  sum(calls)::float8 as calls`;

/** The condition for the buckets between two times. */
export const within = (from: Date, to: Date): SQL =>
  sql`bucket >= ${from.toISOString()}::timestamptz and bucket < ${to.toISOString()}::timestamptz`;

/**
 * The coarsest rollup that covers exactly a time span. A span that ends after now can also end with the current bucket.
 */
export function coarsest({ from, to }: Pick<Span, 'from' | 'to'>, now: Date): SQL {
  const whole = (grain: Grain) => +floor(from, grain) === +from && (to > now || +floor(to, grain) === +to);
  return TABLES[whole('day') ? 'day' : whole('hour') ? 'hour' : 'minute'];
}

/** Requests in progress. An index finds those of the last day, and none stay open longer. */
async function readOpen(db: Queryable, { rows }: Scoped, from: Date): Promise<number> {
  const [row] = await db.execute<{ open: number }>(sql`
    select count(*)::float8 as open from usage_records where ${rows} and outcome = 'open'
      and id >= usage_id_from(greatest(${from.toISOString()}::timestamptz, now() - interval '1 day'))`);
  return row!.open; // An aggregate has one row.
}

async function readEverCalled(db: Queryable, { rows }: Scoped): Promise<boolean> {
  const [row] = await db.execute<{ ever: boolean }>(
    sql`select exists (select from usage_days where ${rows}) as ever`,
  );
  return row!.ever; // A select without a table has one row.
}

function percentilesOf(histogram: Histogram): Percentiles | null {
  const p50 = quantile(histogram, 0.5);
  return p50 === null ? null : { p50, p95: quantile(histogram, 0.95)!, p99: quantile(histogram, 0.99)! }; // Not empty.
}

const sumsOf = (row: UsageSums | undefined): UsageSums => ({
  requests: row?.requests ?? 0,
  errors: row?.errors ?? 0,
  refused: row?.refused ?? 0,
  calls: row?.calls ?? 0,
});

export const total = (all: readonly UsageSums[]): UsageSums =>
  all.reduce<UsageSums>(
    (sum, one) => ({
      requests: sum.requests + one.requests,
      errors: sum.errors + one.errors,
      refused: sum.refused + one.refused,
      calls: sum.calls + one.calls,
    }),
    { requests: 0, errors: 0, refused: 0, calls: 0 },
  );
