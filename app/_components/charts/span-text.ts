import { LOCALE } from '#lib/format.ts';
import type { Grain } from '#lib/usage/usage-span.ts';

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const STYLES = {
  time: CLOCK,
  date: { day: 'numeric', month: 'short' },
  weekday: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  month: { month: 'short', year: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

// Creating a formatter is slow, and a page has hundreds of times.
const formats = new Map<string, Intl.DateTimeFormat>();

function formatted(at: Date, style: keyof typeof STYLES, timeZone: string | undefined): string {
  const key = `${style} ${timeZone}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(LOCALE, { ...STYLES[style], ...(timeZone ? { timeZone } : {}) });
    formats.set(key, format);
  }
  return format.format(at);
}

/** Days and months are always in UTC; finer grains are in the reader's time zone. */
export const isUtc = (grain: Grain): boolean => grain === 'day' || grain === 'month';

const LENGTH_MS = { minute: 60_000, quarter: 900_000, hour: 3_600_000 } as const;

/** The full time span of a bar, in the runtime's time zone unless one is given. */
export function barText(start: Date, grain: Grain, timeZone?: string): string {
  if (grain === 'month') return `${formatted(start, 'month', 'UTC')} (UTC)`;
  if (grain === 'day') return `${formatted(start, 'weekday', 'UTC')} (UTC)`;
  const from = `${formatted(start, 'date', timeZone)}, ${formatted(start, 'time', timeZone)}`;
  if (grain === 'minute') return from;
  return `${from}–${formatted(new Date(start.getTime() + LENGTH_MS[grain]), 'time', timeZone)}`;
}

/** The axis label of a bar. `days`: the bars span several days, so labels include the date. */
export function tickText(start: Date, grain: Grain, days: boolean, timeZone?: string): string {
  if (grain === 'month') return formatted(start, 'month', 'UTC');
  if (grain === 'day') return formatted(start, 'date', 'UTC');
  const time = formatted(start, 'time', timeZone);
  if (!days) return time;
  const date = formatted(start, 'date', timeZone);
  return time === '00:00' ? date : `${date}, ${time}`;
}

/** The time of day. */
export const clockText = (at: Date, timeZone?: string): string => formatted(at, 'time', timeZone);
