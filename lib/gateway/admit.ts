import { hasDigest } from '#lib/credentials/format.ts';
import type { Reason } from '#lib/refusals/reasons.ts';
import { addressList } from './client-address.ts';
import type { KnownCredential, Route } from './ports.ts';
import type { Presented } from './present.ts';

const NOBODY = new Uint8Array(32);

/** Whether the presented secret is this credential's. An unknown key id costs the same work (ASVS 11.2.4). */
export function isHolder(presented: Presented, known: KnownCredential | null): known is KnownCredential {
  const matches = hasDigest(presented.secretKey, known?.secretDigest ?? NOBODY);
  return matches && known !== null && known.environment === presented.environment;
}

/** What the steps of admission look at, beside the credential itself. */
export type CallFacts = {
  readonly known: KnownCredential;
  /** By the database's clock. */
  readonly nowMs: number;
  /** Null when the mount can't know it. */
  readonly clientIp: string | null;
  readonly origin: string | undefined;
  readonly referer: string | undefined;
  readonly route: Pick<Route, 'endpointId' | 'productionOnly'> | null;
};

type Step = { readonly name: string; readonly refuse: (facts: CallFacts) => Reason | null };

/**
 * The steps between the right secret and the limits, in order: the one place that says what is asked and when. Of a
 * credential's own states the one that is hardest to undo is told.
 */
export const ADMISSION_STEPS = [
  {
    name: 'revocation',
    refuse: ({ known }) => (known.status === 'revoked' || known.teamDeleted ? 'credential_revoked' : null),
  },
  {
    name: 'expiry',
    refuse: ({ known, nowMs }) =>
      known.expiresAtMs !== null && nowMs >= known.expiresAtMs ? 'credential_expired' : null,
  },
  {
    name: 'state',
    refuse: ({ known }) =>
      known.status === 'paused' || known.applicationArchived ? 'credential_paused' : null,
  },
  { name: 'member', refuse: ({ known }) => (known.memberActive ? null : 'member_suspended') },
  { name: 'address', refuse: addressRefusal },
  {
    name: 'domain',
    refuse: ({ known, origin, referer }) =>
      known.allowedDomains.length > 0 && !isAllowedDomain(known.allowedDomains, origin ?? referer)
        ? 'domain_not_allowed'
        : null,
  },
  { name: 'endpoint', refuse: ({ route }) => (route ? null : 'unknown_endpoint') },
  {
    name: 'connected',
    refuse: ({ known, route }) =>
      route && !known.endpoints.has(route.endpointId) ? 'endpoint_not_connected' : null,
  },
  {
    name: 'environment',
    refuse: ({ known, route }) =>
      route?.productionOnly && known.environment !== 'production' ? 'environment_not_allowed' : null,
  },
] as const satisfies readonly Step[];

/** Why these steps refuse a call, or null. */
export function admissionRefusal(facts: CallFacts): Reason | null {
  for (const step of ADMISSION_STEPS) {
    const reason = step.refuse(facts);
    if (reason) return reason;
  }
  return null;
}

// Lists are parsed once for each cached credential, not once a call.
const addressLists = new WeakMap<KnownCredential, ReturnType<typeof addressList>>();

/** An address that is not known is on no list: a restricted credential is refused, never passed. */
function addressRefusal({ known, clientIp }: CallFacts): Reason | null {
  if (known.allowedIps.length === 0) return null;
  if (clientIp === null) return 'ip_unknown';
  let listed = addressLists.get(known);
  if (!listed) {
    listed = addressList(known.allowedIps);
    addressLists.set(known, listed);
  }
  return listed(clientIp) ? null : 'ip_not_allowed';
}

/** Matches the host of an Origin or Referer against `example.com` and `*.example.com` (sub-domains only). */
function isAllowedDomain(allowed: readonly string[], site: string | undefined): boolean {
  if (site === undefined || !URL.canParse(site)) return false;
  const host = new URL(site).hostname;
  return allowed.some((domain) =>
    domain.startsWith('*.') ? host.endsWith(domain.slice(1)) : host === domain,
  );
}
