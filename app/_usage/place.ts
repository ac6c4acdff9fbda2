import { dateText } from '#app/_components/date-text.ts';
import { hrefWith } from '#app/_logs/href-with.ts';
import type { Dimension, StatusRow, TrafficRow } from '#lib/usage/types.ts';
import type { UsageScope } from '#lib/usage/usage-scope.ts';
import { DAY_MS, floor, type Span } from '#lib/usage/usage-span.ts';
import type { UsageQuery } from './usage-query.ts';

type Changes = { [Name in keyof UsageQuery]?: UsageQuery[Name] | undefined };

/** The state of a usage page, which is all in its URL, and the links from it. */
export type Place = ReturnType<typeof placeOf>;

export function placeOf({
  team,
  path,
  fixed,
  query,
  now,
}: {
  team: string;
  /** The path of the page. */
  path: string;
  /** The subject of the page, such as one app. It isn't a query parameter. */
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
    /** The active filters. */
    narrowed: (Object.keys(scope) as (keyof UsageScope)[]).filter(
      (name) => scope[name] !== undefined && fixed[name] === undefined,
    ),
    /** This page with other query parameters; undefined removes one. */
    with: (changes: Changes) => hrefWith(path, { ...query, ...changes, ...hidden }),
    export: (table: string) => hrefWith(`/t/${team}/usage/export`, { ...query, all: undefined, table }),
    /** The log page with the same filters and a time range. */
    log: (from: Date, to: Date, more: Record<string, string | undefined> = {}) =>
      hrefWith(`/t/${team}/logs`, { ...scope, ...more, ...timesOf(from, to, now) }),
  };
}

/** Whole UTC days become dates. A range that isn't over has no end. */
function timesOf(from: Date, to: Date, now: Date): Record<string, string> {
  const ended = to <= now;
  const whole = [from, to].every((at) => +floor(at, 'day') === +at);
  if (!whole) return { from: from.toISOString(), ...(ended ? { to: to.toISOString() } : {}) };
  const date = (at: Date) => at.toISOString().slice(0, 10);
  return { from: date(from), ...(ended ? { to: date(new Date(+to - DAY_MS)) } : {}) };
}

/** The log filter for a traffic row; null if there is none. */
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

const RANGE_TEXTS = {
  '1h': 'last hour',
  '24h': 'last 24 hours',
  '7d': 'last 7 days',
  '30d': 'last 30 days',
  '90d': 'last 90 days',
  '12mo': 'last 12 months',
} as const;

/** As in "In the last hour." */
export const rangeText = (span: Span): string =>
  span.range === 'custom' ? `time range ${customRangeText(span)}` : RANGE_TEXTS[span.range];

/** Start and end in UTC; dates only for whole days. */
export function customRangeText({ from, to }: Span): string {
  const whole = [from, to].every((at) => +floor(at, 'day') === +at);
  const last = new Date(to.getTime() - (whole ? DAY_MS : 0));
  const [first, end] = [from, last].map((at) =>
    dateText(at, whole ? 'date' : 'datetime', { timeZone: 'UTC' }),
  );
  return first === end ? `${first} (UTC)` : `${first} to ${end} (UTC)`;
}
