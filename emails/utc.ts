import { LOCALE } from '#lib/format.ts';

/** A date and time in UTC, from ISO 8601: `March 29, 2026 at 00:30 UTC`. */
export const utc = (iso: string): string =>
  `${new Intl.DateTimeFormat(LOCALE, { dateStyle: 'long', timeStyle: 'short', hourCycle: 'h23', timeZone: 'UTC' }).format(new Date(iso))} UTC`;
