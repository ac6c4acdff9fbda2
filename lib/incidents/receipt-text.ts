import type { Receipt } from '#lib/access/epoch.ts';

/** Which gateways confirmed a revocation, for an incident's history. */
export function confirmedWords({ gateways, confirmed, afterMs }: Receipt): string {
  if (gateways === 0) return 'No gateway was running. The next one to start rejects the key.';
  const after = afterMs < 1_000 ? `${afterMs} ms` : `${(afterMs / 1_000).toFixed(1)} s`;
  const words = `Confirmed on ${confirmed} of ${gateways} gateways after ${after}`;
  return confirmed === gateways
    ? `${words}.`
    : `${words}. The others stop serving requests when their lease expires.`;
}
