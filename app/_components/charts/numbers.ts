import { formatNumber, formatPercent } from '#lib/format.ts';

/** A share as a percentage. Small shares never read 0%, and incomplete ones never 100%. */
export function shareText(part: number, of: number): string {
  if (of === 0) return '—';
  const value = part / of;
  if (value > 0 && value < 0.0005) return '< 0.1%';
  if (value < 1 && value >= 0.9995) return '> 99.9%';
  return formatPercent(value);
}

/** A latency with three significant digits at most: milliseconds, or seconds from 1 s. */
export function latencyText(ms: number): string {
  if (ms === 0) return '0 ms';
  if (ms >= 99_950) return `${formatNumber(ms / 1_000)} s`;
  if (ms >= 9_995) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
