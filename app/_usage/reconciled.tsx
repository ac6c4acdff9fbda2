import { countText } from '#app/_components/charts/numbers.ts';
import { DateTime } from '#app/_components/date-time.tsx';
import { differenceText } from '#app/_components/difference-text.ts';
import type { Reconciliation } from '#lib/metering/read-reconciliation.ts';

/** Whether what is counted in several ways came out the same: one quiet line. */
export function Reconciled({ found: { day, checkedAt, difference, details } }: { found: Reconciliation }) {
  const [first] = details;
  return (
    <p className="text-sm text-muted">
      {difference === 0 ? (
        <>
          Counter, sums and log agreed at <DateTime value={checkedAt} /> (UTC day {day}).
        </>
      ) : (
        <>
          Counter, sums and log differ by {countText(difference)} on the UTC day {day}, as of{' '}
          <DateTime value={checkedAt} />
          {first && `: ${differenceText(first)}`}. The operator of this installation sees it too.
        </>
      )}
    </p>
  );
}
