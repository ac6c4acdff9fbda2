import type { UsageDifference } from '#db/schema/usage.ts';
import type { Reconciliation } from '#lib/usage/read-reconciliation.ts';
import { countText } from '../../../../_components/charts/numbers.ts';
import { DateTime } from '../../../../_components/date-time.tsx';

const SOURCES: Record<UsageDifference['between'][number], string> = {
  quota: 'the quota counter',
  grants: 'what gateways were granted',
  rows: 'the log',
  minutes: 'the sums by minute',
  hours: 'the sums by hour',
  days: 'the sums by day',
  daily: 'the sums by key',
};

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
          {first &&
            `: ${SOURCES[first.between[0]]} has ${countText(first.values[0])} and ${SOURCES[first.between[1]]} ${countText(first.values[1])} (${first.figure})`}
          . The operator of this installation sees it too.
        </>
      )}
    </p>
  );
}
