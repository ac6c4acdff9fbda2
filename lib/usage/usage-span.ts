import { z } from 'zod';

export const RANGES = ['1h', '24h', '7d', '30d', '90d', '12mo'] as const;
export const GRAINS = ['minute', 'quarter', 'hour', 'day', 'month'] as const;
export type Range = (typeof RANGES)[number];
/** How much time a bar stands for; `quarter` is of an hour. */
export type Grain = (typeof GRAINS)[number];

const moment = z.union([z.iso.date(), z.iso.datetime()]).optional().catch(undefined);

/** What stands in the address of a usage page about time. An unreadable value counts as absent. */
export const SpanQuery = z.object({
  range: z.enum(RANGES).optional().catch(undefined),
  /** A UTC date, or a moment; with either of the two the range is one's own. */
  from: moment,
  /** A UTC date that is included, or a moment that is not. */
  to: moment,
  grain: z.enum(GRAINS).optional().catch(undefined),
});
export type SpanQuery = z.output<typeof SpanQuery>;

/** A stretch of time in whole bars, and the one before it that it is compared with. Bars begin by UTC. */
export type Span = {
  range: Range | 'custom';
  from: Date;
  /** The end of the last bar, not included; later than now while that bar is running. */
  to: Date;
  grain: Grain;
  /** What could be chosen instead, the finest first. */
  grains: readonly Grain[];
  /** The beginning of each bar. */
  starts: readonly Date[];
  /** The bar of the period before that a bar is compared with begins so. */
  earlier: (start: Date) => Date;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY_MS = 24 * HOUR;
const STEP = { minute: MINUTE, quarter: 15 * MINUTE, hour: HOUR, day: DAY_MS } as const;
/** Days for which the finer sums are there whatever the hour: see `dropExpiredUsage`. */
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

/** The stretch of time that an address asks for; the last 30 days where it asks for none. */
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

/** Between two moments: at most up to now, at most five years, and in bars that are still there and can be told apart. */
function customSpan(query: Partial<SpanQuery>, now: Date): Span {
  // The wrong way round is meant the right way round.
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
  // From minutes to months nobody wants every choice: those that give a picture.
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
/** The last millisecond. */
const endOf = (text: string) => new Date(+new Date(text) + (text.includes('T') ? 0 : DAY_MS) - 1);

/** The beginning of the bar that a moment is in, by UTC. */
export function floor(at: Date, grain: Grain): Date {
  if (grain === 'month') return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth()));
  return new Date(Math.floor(+at / STEP[grain]) * STEP[grain]);
}

/** The beginning of the bar after the one that begins so. */
export function next(start: Date, grain: Grain): Date {
  return grain === 'month' ? shiftMonths(start, 1) : new Date(+start + STEP[grain]);
}

function shiftMonths(start: Date, months: number): Date {
  return new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months));
}

/** Bars from that of one moment to that of another. */
function countOf(from: Date, until: Date, grain: Grain): number {
  if (grain !== 'month') return Math.floor((+until - +floor(from, grain)) / STEP[grain]) + 1;
  const months = (at: Date) => at.getUTCFullYear() * 12 + at.getUTCMonth();
  return months(until) - months(from) + 1;
}

/** Whether the sums of a grain are kept from a moment on. */
export function isKept(from: Date, grain: Grain, now: Date): boolean {
  return (+floor(now, 'day') - +floor(from, 'day')) / DAY_MS <= KEPT_DAYS[grain];
}
