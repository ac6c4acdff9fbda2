import { clsx } from 'clsx';
import { Sparkline } from '#app/_components/sparkline.tsx';
import type { KeyRow } from '#lib/credentials/key-rows.ts';
import { formatCount, formatNumber } from '#lib/format.ts';

/** All requests, how many failed, and the last seven days as bars (below the numbers in a narrow column). */
export function UsageCell({
  row,
  stacked = false,
}: {
  row: Pick<KeyRow, 'requests' | 'errors' | 'days'>;
  stacked?: boolean;
}) {
  const { requests, errors, days } = row;
  return (
    <div className={clsx('flex items-center gap-2', stacked && 'sm:flex-col sm:items-start sm:gap-1')}>
      <span className="min-w-14 tabular-nums">
        {formatNumber(requests)}
        <span className="sr-only"> requests</span>
        {errors > 0 && <span className="block text-xs text-danger">{formatCount(errors, 'error')}</span>}
      </span>
      <span className="w-14 shrink-0">
        <Sparkline values={days} label={weekText(days)} height={22} />
      </span>
    </div>
  );
}

export function weekText(days: readonly number[]): string {
  const sum = days.reduce((total, day) => total + day, 0);
  if (sum === 0) return 'No requests in the last 7 days';
  return `${formatNumber(sum)} requests in the last 7 days, by day: ${days.map(formatNumber).join('; ')}`;
}
