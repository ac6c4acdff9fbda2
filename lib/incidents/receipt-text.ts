import type { Receipt } from '#lib/access/epoch.ts';

/** How far a revocation has travelled, for a case's history. */
export function confirmedWords({ gateways, confirmed, afterMs }: Receipt): string {
  if (gateways === 0) return 'No gateway was running; the next one to start refuses the key.';
  const after = afterMs < 1_000 ? `${afterMs} ms` : `${(afterMs / 1_000).toFixed(1)} s`;
  const words = `Confirmed on ${confirmed} of ${gateways} gateways after ${after}`;
  return confirmed === gateways
    ? `${words}.`
    : `${words}; the others stop by themselves when their lease ends.`;
}
