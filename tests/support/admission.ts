import { admissionRefusal, type CallFacts } from '#lib/gateway/admit.ts';
import type { KnownCredential } from '#lib/gateway/ports.ts';

/** Why a request with this credential would be rejected on a connected endpoint; null if it would pass. */
export const refusalOf = (known: KnownCredential, facts: Partial<CallFacts> = {}) =>
  admissionRefusal({
    known: { ...known, endpoints: new Set(['connected']) },
    nowMs: Date.now(),
    clientIp: '192.0.2.1',
    origin: undefined,
    referer: undefined,
    route: { endpointId: 'connected' },
    ...facts,
  });
