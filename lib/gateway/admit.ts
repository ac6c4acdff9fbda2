import { timingSafeEqual } from 'node:crypto';
import { digestSecret } from '#lib/credentials/format.ts';
import { addressList } from './client-address.ts';
import type { KnownCredential } from './ports.ts';
import type { Presented } from './present.ts';
import type { Reason } from './reasons.ts';

const NOBODY = new Uint8Array(32);

/** Whether the presented secret is this credential's. An unknown key id costs the same work (ASVS 11.2.4). */
export function isHolder(presented: Presented, known: KnownCredential | null): known is KnownCredential {
  const matches = timingSafeEqual(digestSecret(presented.secretKey), known?.secretDigest ?? NOBODY);
  return matches && known !== null && known.environment === presented.environment;
}

/** Whether the credential, and all it belongs to, is in a state that admits calls. */
export function stateRefusal(known: KnownCredential, nowMs: number): Reason | null {
  if (known.status === 'revoked' || known.teamDeleted) return 'credential_revoked';
  if (known.expiresAtMs !== null && nowMs >= known.expiresAtMs) return 'credential_expired';
  if (known.status === 'paused' || known.applicationArchived) return 'credential_paused';
  if (!known.memberActive) return 'member_suspended';
  return null;
}

// Lists are parsed once for each cached credential, not once a call.
const addressLists = new WeakMap<KnownCredential, ReturnType<typeof addressList>>();

/** Whether the call comes from where the credential may be used. An unknown address is never on a list. */
export function originRefusal(
  known: KnownCredential,
  clientIp: string | null,
  origin: string | undefined,
  referer: string | undefined,
): Reason | null {
  if (known.allowedIps.length > 0) {
    let listed = addressLists.get(known);
    if (!listed) {
      listed = addressList(known.allowedIps);
      addressLists.set(known, listed);
    }
    if (!listed(clientIp)) return 'ip_not_allowed';
  }
  if (known.allowedDomains.length > 0 && !isAllowedDomain(known.allowedDomains, origin ?? referer)) {
    return 'domain_not_allowed';
  }
  return null;
}

/** Matches the host of an Origin or Referer against `example.com` and `*.example.com` (sub-domains only). */
function isAllowedDomain(allowed: readonly string[], site: string | undefined): boolean {
  if (site === undefined || !URL.canParse(site)) return false;
  const host = new URL(site).hostname;
  return allowed.some((domain) =>
    domain.startsWith('*.') ? host.endsWith(domain.slice(1)) : host === domain,
  );
}
