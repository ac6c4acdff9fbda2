import { z } from 'zod';

export const RANGES = ['1h', '24h', '7d', '30d', '90d', '12mo'] as const;
export const GRAINS = ['minute', 'quarter', 'hour', 'day', 'month'] as const;
export type Range = (typeof RANGES)[number];
/** The duration of a bar; `quarter` is a quarter of an hour. */
export type Grain = (typeof GRAINS)[number];

const dateOrTime = z.union([z.iso.date(), z.iso.datetime()]).optional().catch(undefined);

/** The time parameters in the URL of a usage page. Invalid values are ignored. */
export const SpanQuery = z.object({
  range: z.enum(RANGES).optional().catch(undefined),
  /** A UTC date or a timestamp. With `from` or `to`, the range is custom. */
  from: dateOrTime,
  /** A UTC date (inclusive) or a timestamp (exclusive). */
  to: dateOrTime,
  grain: z.enum(GRAINS).optional().catch(undefined),
});
export type SpanQuery = z.output<typeof SpanQuery>;

/** A time span of whole bars, aligned to UTC, and the previous span to compare with. */
export type Span = {
  range: Range | 'custom';
  from: Date;
  /** The end of the last bar (exclusive). It is in the future while that bar is incomplete. */
  to: Date;
  grain: Grain;
  /** The available grains, finest first. */
  grains: readonly Grain[];
  /** The start of each bar. */
  starts: readonly Date[];
  /** The start of the matching bar in the previous period. */
  earlier: (start: Date) => Date;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY_MS = 24 * HOUR;
const STEP = { minute: MINUTE, quarter: 15 * MINUTE, hour: HOUR, day: DAY_MS } as const;
/** For how many days each rollup is stored; see `dropExpiredUsage`. */
const KEPT_DAYS = { minute: 2, quarter: 2, hour: 99, day: Infinity, month: Infinity } as const;
const BARS_MAX = 400;
const BARS_BEST = 100;
const MONTHS_MAX = 60;
const DEFAULT_RANGE: Range = '30d';

const DAYS = { '7d': 7, '30d': 30, '90d': 90 } as const;
const OFFERED: Record<Range, readonly [best: Grain, ...more: Grain[]]> = {
  '1h': ['minute'],
  '24h': ['hour', 'quarter'],
  '7d': ['hour', 'day'],
  '30d': ['day'],
  '90d': ['day'],
  '12mo': ['month'],
};

/** The time span of a URL; the last 30 days by default. */
export function spanOf(query: Partial<SpanQuery>, now: Date): Span {
  if (query.from || query.to) return customSpan(query, now);
  const range = query.range ?? DEFAULT_RANGE;
  const [best, ...more] = OFFERED[range];
  const grain = query.grain && [best, ...more].includes(query.grain) ? query.grain : best;
  const grains = GRAINS.filter((one) => one === best || more.includes(one));
  if (range === '12mo') {
    const from = shiftMonths(floor(now, 'month'), -11);
    return build({ range, grain, grains, from, until: now, earlier: (start) => shiftMonths(start, -12) });
  }
  const [from, lengthMs] =
    range === '1h'
      ? [floor(now, 'minute').getTime() - 59 * MINUTE, HOUR]
      : range === '24h'
        ? [floor(now, 'hour').getTime() - 23 * HOUR, DAY_MS]
        : [floor(now, 'day').getTime() - (DAYS[range] - 1) * DAY_MS, DAYS[range] * DAY_MS];
  return build({ range, grain, grains, from: new Date(from), until: now, earlier: earlierBy(lengthMs) });
}

/** A custom range: up to now, five years at most, in bars that are stored and fit the chart. */
function customSpan(query: Partial<SpanQuery>, now: Date): Span {
  // Swap a start that is after the end.
  const turned = query.from && query.to && new Date(query.from) > new Date(query.to);
  const [begin, end] = turned ? [query.to, query.from] : [query.from, query.to];
  const last = end ? endOf(end) : now;
  const first = begin ? new Date(begin) : new Date(last.getTime() - 30 * DAY_MS);
  const oldest = shiftMonths(floor(now, 'month'), -MONTHS_MAX);
  const from = new Date(Math.min(Math.max(+first, +oldest), +now));
  const asked = new Date(Math.max(+last, +from));
  const until = asked < now ? asked : now;
  const age = (+floor(now, 'day') - +floor(from, 'day')) / DAY_MS;
  const possible = GRAINS.filter(
    (grain) => age <= KEPT_DAYS[grain] && countOf(from, until, grain) <= BARS_MAX,
  );
  const best = possible.find((grain) => countOf(from, until, grain) <= BARS_BEST) ?? possible.at(-1)!;
  // Offer only grains that give at least four bars.
  const grains = possible.filter((grain) => grain === best || countOf(from, until, grain) >= 4);
  const grain = query.grain && grains.includes(query.grain) ? query.grain : best;
  const start = floor(from, grain);
  if (grain === 'month') {
    const months = countOf(start, asked, grain);
    return build({
      ...{ range: 'custom', grain, grains, from: start, until },
      earlier: (at) => shiftMonths(at, -months),
    });
  }
  const lengthMs = countOf(start, asked, grain) * STEP[grain];
  return build({ range: 'custom', grain, grains, from: start, until, earlier: earlierBy(lengthMs) });
}

function build(span: Omit<Span, 'starts' | 'to'> & { until: Date }): Span {
  const { until, ...rest } = span;
  const starts: Date[] = [];
  let at = span.from;
  do {
    starts.push(at);
    at = next(at, span.grain);
  } while (at <= until);
  return { ...rest, starts, to: at };
}

const earlierBy = (lengthMs: number) => (start: Date) => new Date(start.getTime() - lengthMs);
/** The last millisecond of the range. */
const endOf = (text: string) => new Date(+new Date(text) + (text.includes('T') ? 0 : DAY_MS) - 1);

/** The start of the bar that contains a time, in UTC. */
export function floor(at: Date, grain: Grain): Date {
  if (grain === 'month') return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth()));
  return new Date(Math.floor(+at / STEP[grain]) * STEP[grain]);
}

/** The start of the next bar. */
export function next(start: Date, grain: Grain): Date {
  return grain === 'month' ? shiftMonths(start, 1) : new Date(+start + STEP[grain]);
}

function shiftMonths(start: Date, months: number): Date {
  return new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months));
}

/** The number of bars from one time to another, both included. */
function countOf(from: Date, until: Date, grain: Grain): number {
  if (grain !== 'month') return Math.floor((+until - +floor(from, grain)) / STEP[grain]) + 1;
  const months = (at: Date) => at.getUTCFullYear() * 12 + at.getUTCMonth();
  return months(until) - months(from) + 1;
}

/** Whether the rollup of a grain is still stored for a time. */
export function isKept(from: Date, grain: Grain, now: Date): boolean {
  return (+floor(now, 'day') - +floor(from, 'day')) / DAY_MS <= KEPT_DAYS[grain];
}
