import { LOCALE } from '#lib/format.ts';

/** `seconds` shows the time to the second, for logs. */
export type DateFormat = 'datetime' | 'seconds' | 'date' | 'relative';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A date as text in a time zone (default: the runtime's). `relative` applies within a day, otherwise date and time. */
export function dateText(
  date: Date,
  format: DateFormat,
  {
    timeZone,
    seconds = false,
    now = Date.now(),
  }: { timeZone?: string; seconds?: boolean; now?: number } = {},
): string {
  if (format === 'relative') {
    const past = now - date.getTime();
    if (Math.abs(past) < DAY_MS) return relative(past);
  }
  return new Intl.DateTimeFormat(LOCALE, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    ...(format === 'date' ? {} : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    ...(seconds || format === 'seconds' ? { second: '2-digit' } : {}),
    ...(timeZone ? { timeZone } : {}),
  }).format(date);
}

function relative(pastMs: number): string {
  const minutes = Math.round(pastMs / MINUTE_MS);
  if (minutes === 0) return 'just now';
  const words = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'always', style: 'long' });
  return Math.abs(minutes) < 60
    ? words.format(-minutes, 'minute')
    : words.format(-Math.round(minutes / 60), 'hour');
}
