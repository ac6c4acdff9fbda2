import { admissionRefusal, type CallFacts } from '#lib/gateway/admit.ts';
import type { KnownCredential } from '#lib/gateway/ports.ts';

/** Why a call with this credential would be refused, on an endpoint that is connected and open to it; null if it passes. */
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
