import { isIP } from 'node:net';
import { isPrivateAddress } from './upstream-address.ts';

/** The parsed base URL of an upstream: `https://api.example.com` and `/v2`, or '' for none. */
export type Upstream = { readonly origin: string; readonly basePath: string };

/**
 * Parses an upstream's base URL, or returns the error as text. `new URL` converts decimal, octal and hexadecimal hosts to
 * dotted form. Host names are checked again when they are resolved for each connection.
 */
export function readUpstreamUrl(text: string, options: { allowPrivate: boolean }): Upstream | string {
  if (!URL.canParse(text))
    return `"${text}" isn’t a valid URL. Enter a URL such as https://api.example.com/v1.`;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return `"${text}" must start with https:// or http://.`;
  if (url.username || url.password)
    return 'The upstream URL must not contain a user name or password. Use an upstream header instead.';
  if (url.search || url.hash) return 'The upstream URL must not have a query or fragment.';
  const host = url.hostname.replace(/^\[|\]$|\.$/g, '');
  const isLocal = isIP(host) ? isPrivateAddress(host) : host === 'localhost' || host.endsWith('.localhost');
  if (isLocal && !options.allowPrivate) {
    return `${host} is on a private network. Set ALLOW_PRIVATE_UPSTREAMS=1 if that is where your API is.`;
  }
  return { origin: url.origin, basePath: withoutSlashesAtEnd(url.pathname) };
}

/** Without a regular expression, which takes quadratic time for many slashes. */
export function withoutSlashesAtEnd(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  return path.slice(0, end);
}
