const whole = new Intl.NumberFormat('en-GB');
const short = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumFractionDigits: 1 });
const share = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 });

export const countText = (value: number): string => whole.format(value);
/** For an axis: 1.2K. */
export const shortCountText = (value: number): string => short.format(value);

/** A part of a whole; a part that is there never reads as nothing, nor one that is not all as all. */
export function shareText(part: number, of: number): string {
  if (of === 0) return '—';
  const value = part / of;
  if (value > 0 && value < 0.0005) return '< 0.1%';
  if (value < 1 && value >= 0.9995) return '> 99.9%';
  return share.format(value);
}

/** Milliseconds, from a second on seconds; three figures at most. */
export function latencyText(ms: number): string {
  if (ms === 0) return '0 ms';
  if (ms >= 9_995) return `${(ms / 1_000).toFixed(ms >= 99_950 ? 0 : 1)} s`;
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
