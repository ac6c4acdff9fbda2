import type { UsageDifference } from '#db/schema/usage.ts';
import { formatNumber } from '#lib/format.ts';

const SOURCES: Record<UsageDifference['between'][number], string> = {
  quota: 'the quota counter',
  grants: 'what gateways were granted',
  rows: 'the log',
  minutes: 'the sums by minute',
  hours: 'the sums by hour',
  days: 'the sums by day',
  daily: 'the sums by key',
};

/** Two figures that should be equal and are not, in words. */
export const differenceText = ({ between: [one, other], values, figure }: UsageDifference): string =>
  `${SOURCES[one]} has ${formatNumber(values[0])} and ${SOURCES[other]} ${formatNumber(values[1])} (${figure})`;
