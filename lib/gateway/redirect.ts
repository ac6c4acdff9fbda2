import { type ResponsePlace, resolveReference } from './references.ts';

/** The upstream redirected to another site. */
export class RedirectLeaves extends Error {
  override name = 'RedirectLeaves';
}

/**
 * A `Location` as the client should see it; null if the header must be dropped. Throws `RedirectLeaves` for a redirect
 * that leaves the API, unless it leads back to the gateway or to a host that the operator lists. Other responses, such as 201, can point at another site. The gateway never follows one.
 */
export function publicLocation(location: string, status: number, place: ResponsePlace): string | null {
  const resolved = resolveReference(location, place);
  const isRedirect = status >= 300 && status < 400;
  // A redirect to the upstream's other scheme would come back to the gateway, and never end.
  if (resolved.to === 'gateway' && (resolved.sameScheme || !isRedirect)) return resolved.url;
  if (isRedirect && resolved.to === 'elsewhere' && isPermitted(location, place)) return location;
  if (isRedirect) throw new RedirectLeaves(location);
  return resolved.to === 'elsewhere' && isPlainAddress(location) ? location : null;
}

function isPermitted(location: string, { mount, redirectHosts = [] }: ResponsePlace): boolean {
  if (!isPlainAddress(location)) return false;
  const url = new URL(location);
  const own = new URL(mount.locationBase || mount.gatewayUrl);
  const base = own.pathname.endsWith('/') ? own.pathname : `${own.pathname}/`;
  if (url.origin === own.origin) return url.pathname.startsWith(base);
  if (url.protocol !== 'https:' || url.port !== '') return false;
  return redirectHosts.some((host) =>
    host.startsWith('*.') ? url.hostname.endsWith(host.slice(1)) : url.hostname === host,
  );
}

const isPlainAddress = (location: string): boolean => {
  if (!URL.canParse(location)) return false;
  const { protocol, username, password } = new URL(location);
  return (protocol === 'https:' || protocol === 'http:') && !username && !password;
};
