import type { KeyRow } from '#lib/credentials/key-rows.ts';
import { Sparkline } from '../../../../_components/sparkline.tsx';

const number = (value: number) => value.toLocaleString('en-US');

/** Calls in all, those of the last seven days as bars, and how many failed. */
export function UsageCell({ row }: { row: Pick<KeyRow, 'requests' | 'errors' | 'days'> }) {
  const { requests, errors, days } = row;
  return (
    <div className="flex items-center gap-2">
      <span className="min-w-14 tabular-nums">
        {number(requests)}
        <span className="sr-only"> requests</span>
        {errors > 0 && (
          <span className="block text-xs text-danger">
            {number(errors)} {errors === 1 ? 'error' : 'errors'}
          </span>
        )}
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
  return `${number(sum)} requests in the last 7 days, by day: ${days.map(number).join('; ')}`;
}
