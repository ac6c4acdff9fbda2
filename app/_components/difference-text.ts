import type { UsageDifference } from '#db/schema/usage.ts';
import { formatNumber } from '#lib/format.ts';

const SOURCES: Record<UsageDifference['between'][number], string> = {
  quota: 'the quota counter',
  grants: 'the gateways’ grants',
  rows: 'the request log',
  minutes: 'usage per minute',
  hours: 'usage per hour',
  days: 'usage per day',
  daily: 'usage per key',
};

/** Two figures that should be equal but aren't, as text. */
export const differenceText = ({ between: [one, other], values, figure }: UsageDifference): string =>
  `${SOURCES[one]} has ${formatNumber(values[0])} and ${SOURCES[other]} ${formatNumber(values[1])} (${figure})`;
