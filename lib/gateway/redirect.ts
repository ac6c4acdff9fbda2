import { type ResponsePlace, resolveReference } from './references.ts';

/** The upstream redirected to another site. */
export class RedirectLeaves extends Error {
  override name = 'RedirectLeaves';
}

/**
 * A `Location` as the client should see it; null if the header must be dropped. Throws `RedirectLeaves` for a redirect
 * that doesn't stay within the API. Other responses, such as 201, can point at another site. The gateway never follows one.
 */
export function publicLocation(location: string, status: number, place: ResponsePlace): string | null {
  const resolved = resolveReference(location, place);
  const isRedirect = status >= 300 && status < 400;
  // A redirect to the upstream's other scheme would come back to the gateway, and never end.
  if (resolved.to === 'gateway' && (resolved.sameScheme || !isRedirect)) return resolved.url;
  if (isRedirect) throw new RedirectLeaves(location);
  return resolved.to === 'elsewhere' && isPlainAddress(location) ? location : null;
}

const isPlainAddress = (location: string): boolean => {
  if (!URL.canParse(location)) return false;
  const { protocol, username, password } = new URL(location);
  return (protocol === 'https:' || protocol === 'http:') && !username && !password;
};
