import type { Receipt } from '#lib/access/epoch.ts';

/** A receipt as a sentence: which gateways applied a change that removes access. */
export function receiptText(
  { gateways, confirmed, afterMs }: Receipt,
  what: 'Rejected' | 'Applied' = 'Rejected',
): string {
  if (gateways === 0)
    return `No gateway is running. The next one to start will ${what === 'Rejected' ? 'reject' : 'apply'} it.`;
  const text = `${what} on ${confirmed} of ${gateways} gateways after ${duration(afterMs)}`;
  return confirmed === gateways
    ? text
    : `${text}. The others stop serving requests when their lease expires.`;
}

const duration = (ms: number) => (ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`);
