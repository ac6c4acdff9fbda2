import { hasDigest } from '#lib/credentials/format.ts';
import type { Reason } from '#lib/refusals/reasons.ts';
import { addressList } from './client-address.ts';
import type { KnownCredential, Route } from './ports.ts';
import type { Presented } from './present.ts';

const NO_DIGEST = new Uint8Array(32);

/** Whether the secret key belongs to this credential. An unknown key ID costs the same work (ASVS 11.2.4). */
export function isHolder(presented: Presented, known: KnownCredential | null): known is KnownCredential {
  const matches = hasDigest(presented.secretKey, known?.secretDigest ?? NO_DIGEST);
  return matches && known !== null && known.environment === presented.environment;
}

/** Input of the admission steps. */
export type CallFacts = {
  readonly known: KnownCredential;
  /** By the database's clock. */
  readonly nowMs: number;
  /** Null if it can't be determined. */
  readonly clientIp: string | null;
  readonly origin: string | undefined;
  readonly referer: string | undefined;
  readonly route: Pick<Route, 'endpointId' | 'productionOnly'> | null;
};

type Step = { readonly name: string; readonly refuse: (facts: CallFacts) => Reason | null };

/**
 * The checks between authentication and the limits, in order. The first failure is returned. If a credential has several
 * problems, the one that is hardest to undo comes first.
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
      known.allowedDomains.length > 0 && !isAllowedSite(known, origin ?? referer)
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

/** The first failing step's reason, or null. */
export function admissionRefusal(facts: CallFacts): Reason | null {
  for (const step of ADMISSION_STEPS) {
    const reason = step.refuse(facts);
    if (reason) return reason;
  }
  return null;
}

// Parsed once per cached credential, not per request.
const addressLists = new WeakMap<KnownCredential, ReturnType<typeof addressList>>();

/** A credential with allowed IPs is rejected if the client's address is unknown. */
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

/** Matches the host of an Origin or Referer. Requests of servers have neither. */
function isAllowedSite(
  { allowedDomains, originRequired }: KnownCredential,
  site: string | undefined,
): boolean {
  if (site === undefined) return !originRequired;
  return URL.canParse(site) && matchesDomain(allowedDomains, new URL(site).hostname);
}

/** Whether a host is one of `example.com` and `*.example.com` (subdomains only). */
export const matchesDomain = (allowed: readonly string[], host: string): boolean =>
  allowed.some((domain) => (domain.startsWith('*.') ? host.endsWith(domain.slice(1)) : host === domain));
