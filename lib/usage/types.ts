import type { LimitKind } from '#lib/admission/day-limits.ts';
import type { Forecast } from './forecast.ts';

/** Types of the usage pages. No runtime code but the list of dimensions, so browsers can import it. */

/** Requests that counted toward the quota, how many of those failed, requests the gateway rejected, and all requests. */
export type UsageSums = { requests: number; errors: number; refused: number; calls: number };

/** Latency in milliseconds within which 50%, 95% and 99% of the completed requests finished. */
export type Percentiles = { p50: number; p95: number; p99: number };

export type UsageBar = UsageSums & {
  start: Date;
  end: Date;
  /** Whether the interval is over. The last one usually isn't. */
  complete: boolean;
  /** Null if no request completed. */
  latency: Percentiles | null;
  /** Requests in the matching interval of the previous period; null without a comparison. */
  previous: number | null;
};

/** What traffic can be grouped by. Each is also the name of a log filter. */
export const DIMENSIONS = ['endpoint', 'app', 'key', 'member', 'environment', 'ip'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Rows listed per dimension unless all are requested. */
export const TOP = 10;

/** A group of traffic before its name is looked up. `id` is null for requests outside any group. */
export type TrafficGroup = UsageSums & { id: string | null };

export type TrafficRow = UsageSums & {
  /** The value of the log filter; `none` for requests without an endpoint and for app keys. */
  value: string;
  name: string;
  /** Tells rows with the same name apart: a method, a shared key. */
  note: string | null;
};

/** `count` is the number of all rows. Null if traffic isn't recorded by this dimension in the scope. */
export type Traffic = Record<Dimension, { rows: TrafficRow[]; count: number } | null>;

export type StatusRow = UsageSums & {
  outcome: 'answered' | 'aborted' | 'refused' | 'unknown';
  status: number | null;
  reason: string | null;
};

export type LimitUse = {
  kind: LimitKind;
  /** Requests per UTC day: the limit, how many are used today, and how many remain. */
  limit: number;
  used: number;
  left: number;
  forecast: Forecast;
};
