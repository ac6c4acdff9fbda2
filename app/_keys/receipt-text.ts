import type { Receipt } from '#lib/access/epoch.ts';

/** A receipt in words: how far a change that takes access away has travelled, a refusal or a rule. */
export function receiptText(
  { gateways, confirmed, afterMs }: Receipt,
  what: 'Refused' | 'In force' = 'Refused',
): string {
  if (gateways === 0)
    return `No gateway is running; the next one to start will ${what === 'Refused' ? 'refuse' : 'apply'} it.`;
  const told = `${what} on ${confirmed} of ${gateways} gateways after ${inWords(afterMs)}`;
  return confirmed === gateways ? told : `${told}; the others stop by themselves when their lease ends.`;
}

const inWords = (ms: number) => (ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`);
