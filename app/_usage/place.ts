import { dateText } from '#app/_components/date-text.ts';
import { hrefWith } from '#app/_logs/href-with.ts';
import type { Dimension, StatusRow, TrafficRow } from '#lib/usage/read-traffic.ts';
import type { UsageScope } from '#lib/usage/usage-scope.ts';
import { DAY_MS, floor, type Span } from '#lib/usage/usage-span.ts';
import type { UsageQuery } from './usage-query.ts';

type Changes = { [Name in keyof UsageQuery]?: UsageQuery[Name] | undefined };

/** Where a usage page stands, and where it leads: all of its state is in the address. */
export type Place = ReturnType<typeof placeOf>;

export function placeOf({
  team,
  path,
  fixed,
  query,
  now,
}: {
  team: string;
  /** Of this page. */
  path: string;
  /** What the page itself is about: not in its address. */
  fixed: Partial<UsageScope>;
  query: UsageQuery;
  now: Date;
}) {
  const { app, key, member, endpoint, environment } = query;
  const scope = { app, key, member, endpoint, environment };
  const hidden = Object.fromEntries(Object.keys(fixed).map((name) => [name, undefined]));
  return {
    team,
    path,
    fixed,
    query,
    now,
    scope,
    /** The names that narrow the page further than it is by itself. */
    narrowed: (Object.keys(scope) as (keyof UsageScope)[]).filter(
      (name) => scope[name] !== undefined && fixed[name] === undefined,
    ),
    /** This page with something else in its address; undefined takes a value out. */
    with: (changes: Changes) => hrefWith(path, { ...query, ...changes, ...hidden }),
    export: (table: string) => hrefWith(`/t/${team}/usage/export`, { ...query, all: undefined, table }),
    /** The log of what these calls are, and of nothing else. */
    log: (from: Date, to: Date, more: Record<string, string | undefined> = {}) =>
      hrefWith(`/t/${team}/logs`, { ...scope, ...more, ...timesOf(from, to, now) }),
  };
}

/** Whole UTC days read as dates. What is still running has no end. */
function timesOf(from: Date, to: Date, now: Date): Record<string, string> {
  const ended = to <= now;
  const whole = [from, to].every((at) => +floor(at, 'day') === +at);
  if (!whole) return { from: from.toISOString(), ...(ended ? { to: to.toISOString() } : {}) };
  const date = (at: Date) => at.toISOString().slice(0, 10);
  return { from: date(from), ...(ended ? { to: date(new Date(+to - DAY_MS)) } : {}) };
}

/** The filter of the log for a traffic row; null where it has none for it. */
export function rowFilter(dimension: Dimension, { value }: TrafficRow): Record<string, string> | null {
  return value === 'none' || value === '' ? null : { [dimension]: value };
}

export function statusFilter({ outcome, status, reason }: StatusRow): Record<string, string> {
  return {
    outcome,
    ...(status === null ? {} : { status: String(status) }),
    ...(reason === null ? {} : { reason }),
  };
}

const RANGE_WORDS = {
  '1h': 'last hour',
  '24h': 'last 24 hours',
  '7d': 'last 7 days',
  '30d': 'last 30 days',
  '90d': 'last 90 days',
  '12mo': 'last 12 months',
} as const;

/** As in "In the last hour." */
export const rangeWords = (span: Span): string =>
  span.range === 'custom' ? `time ${customWords(span)}` : `${RANGE_WORDS[span.range]}`;

/** Both ends, by UTC; whole days by their dates. */
export function customWords({ from, to }: Span): string {
  const whole = [from, to].every((at) => +floor(at, 'day') === +at);
  const last = new Date(to.getTime() - (whole ? DAY_MS : 0));
  const [first, end] = [from, last].map((at) =>
    dateText(at, whole ? 'date' : 'datetime', { timeZone: 'UTC' }),
  );
  return first === end ? `${first} (UTC)` : `${first} to ${end} (UTC)`;
}
