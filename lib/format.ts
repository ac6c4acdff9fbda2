/**
 * Formats numbers and units for pages, emails, exports and the command line. One locale, so that a page, an email about it
 * and its screenshot in the docs agree.
 */
export const LOCALE = 'en-US';

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 });
const plurals = new Intl.PluralRules(LOCALE);

/** `1,204`. */
export const formatNumber = (value: number): string => whole.format(value);

/** `1.2K`, for axes and narrow cells. */
export const formatCompact = (value: number): string => compact.format(value);

/** `95%`, `0.4%`; the share is between 0 and 1. */
export const formatPercent = (share: number): string => percent.format(share);

/** `1,204 requests`, `1 request`. Without `many`, an s is added. */
export const formatCount = (value: number, one: string, many = `${one}s`): string =>
  `${whole.format(value)} ${plurals.select(value) === 'one' ? one : many}`;

/** `0.4 ms`, `12 ms`, `1,204 ms`. */
export const formatMs = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : whole.format(ms)} ms`;

const UNITS = ['', 'KB', 'MB', 'GB', 'TB'];

/** `1 byte`, `512 bytes`, `1.5 MB`; 1 KB is 1,024 bytes. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return formatCount(bytes, 'byte');
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value < 10 ? value.toFixed(1) : whole.format(value)} ${UNITS[power]}`;
}
