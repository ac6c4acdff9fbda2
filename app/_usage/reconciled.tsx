import { DateTime } from '#app/_components/date-time.tsx';
import { differenceText } from '#app/_components/difference-text.ts';
import { formatNumber } from '#lib/format.ts';
import type { Reconciliation } from '#lib/metering/read-reconciliation.ts';

/** The result of the latest usage reconciliation, in one line. */
export function Reconciled({ found: { day, checkedAt, difference, details } }: { found: Reconciliation }) {
  const [first] = details;
  return (
    <p className="text-sm text-muted">
      {difference === 0 ? (
        <>
          Quota, usage and request log match for {day} (UTC), checked <DateTime value={checkedAt} />.
        </>
      ) : (
        <>
          Quota, usage and request log differ by {formatNumber(difference)} for {day} (UTC), checked{' '}
          <DateTime value={checkedAt} />
          {first && `: ${differenceText(first)}`}. Your operator can see this too.
        </>
      )}
    </p>
  );
}
