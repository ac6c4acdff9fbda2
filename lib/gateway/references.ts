import type { Upstream } from '#lib/catalog/upstream-url.ts';

/**
 * URLs in response headers. One that points at the upstream would make clients send their secret key there directly, so
 * it is rewritten to the gateway's public address.
 */

/** Where a response came from, and the mount it goes through. */
export type ResponsePlace = {
  readonly upstream: Upstream;
  /** Path of the request below the upstream's base path. */
  readonly path: string;
  readonly api: string;
  /** The client sends its own credentials to the upstream, so it gets the upstream's challenges. */
  readonly passesChallenge?: boolean;
  /** Hosts that the upstream may redirect clients to. */
  readonly redirectHosts?: readonly string[];
  readonly mount: {
    /** Public address of the gateway's origin. */
    readonly gatewayUrl: string;
    /** Absolute address before `/{api}/…`; '' if that is `gatewayUrl` and relative references are allowed. */
    readonly locationBase: string;
  };
};

type Resolved =
  /** At the upstream and routed by the gateway: `url` is its public address. */
  | { readonly to: 'gateway'; readonly url: string; readonly sameScheme: boolean }
  /** Another site. */
  | { readonly to: 'elsewhere' }
  /** At the upstream but outside its base path, or not a valid URL: has no public address. */
  | { readonly to: 'nowhere' };

const NOWHERE: Resolved = { to: 'nowhere' };
const ELSEWHERE: Resolved = { to: 'elsewhere' };

/** Resolves a URI reference (RFC 3986) as the upstream meant it. Absolute ones stay absolute. */
export function resolveReference(reference: string, place: ResponsePlace): Resolved {
  const { origin, basePath } = place.upstream;
  const requested = new URL(origin + basePath + place.path);
  if (!URL.canParse(reference, requested)) return NOWHERE;
  const url = new URL(reference, requested);
  if (!isSameHost(url, requested)) return ELSEWHERE;
  const isInside = basePath === '' || url.pathname === basePath || url.pathname.startsWith(`${basePath}/`);
  if (!isInside || url.username || url.password) return NOWHERE;
  const rest = url.pathname.slice(basePath.length) + url.search + url.hash;
  return {
    to: 'gateway',
    url: `${prefixFor(reference, place.mount)}/${place.api}${rest}`,
    sameScheme: url.protocol === requested.protocol,
  };
}

/** Whether both are the same HTTP server. Behind a TLS proxy, upstreams often write `http` for their own `https`. */
function isSameHost(url: URL, requested: URL): boolean {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return false; // Such as `blob:`, which has an origin too.
  const host = url.hostname.replace(/\.$/, '');
  return host === requested.hostname && url.port === requested.port;
}

function prefixFor(reference: string, { gatewayUrl, locationBase }: ResponsePlace['mount']): string {
  if (locationBase) return locationBase;
  const url = new URL(gatewayUrl);
  const path = url.pathname.endsWith('/') ? url.pathname.slice(0, -1) : url.pathname;
  return isAbsolute(reference) ? url.origin + path : path;
}

/** Whether a reference names its host, with a scheme or after two slashes. */
const isAbsolute = (reference: string): boolean =>
  URL.canParse(reference) || new URL(reference, 'https://relative.invalid').host !== 'relative.invalid';

/** A header that consists of one URI reference; null if the header must be dropped. */
export function publicReference(value: string, place: ResponsePlace): string | null {
  const resolved = resolveReference(value, place);
  if (resolved.to === 'gateway') return resolved.url;
  return resolved.to === 'elsewhere' ? value : null;
}

/**
 * A `Link` header (RFC 8288) with all of its targets and anchors rewritten; null if none is left. Links without a public
 * address are removed, and relative ones that mean the same at the gateway stay as they are.
 */
export function publicLinks(value: string, place: ResponsePlace): string | null {
  const kept: string[] = [];
  for (const link of splitLinks(value)) {
    const rewritten = publicLink(link, place);
    if (rewritten !== null) kept.push(rewritten);
  }
  return kept.length > 0 ? kept.join(', ') : null;
}

const ANCHOR = /(;\s*anchor\s*=\s*)"([^"\\]*)"/gi;

function publicLink(link: string, place: ResponsePlace): string | null {
  const end = link.indexOf('>');
  if (!link.startsWith('<') || end < 0) return link.includes('<') ? null : link;
  const target = publicTarget(link.slice(1, end), place);
  if (target === null) return null;
  let complete = true;
  const parameters = link.slice(end + 1).replace(ANCHOR, (_all, before: string, anchor: string) => {
    const rewritten = publicTarget(anchor, place);
    complete &&= rewritten !== null;
    return `${before}"${rewritten ?? ''}"`;
  });
  return complete ? `<${target}>${parameters}` : null;
}

/** Path-relative references and those outside the base path mean the same below the gateway's address, or nothing. */
function publicTarget(reference: string, place: ResponsePlace): string | null {
  const text = reference.trim();
  const needsRewriting = text.startsWith('/') || text.startsWith('\\') || isAbsoluteOrInvalid(text);
  if (!needsRewriting) return reference;
  const rewritten = publicReference(text, place);
  return rewritten ?? (isAbsoluteOrInvalid(text) ? null : reference);
}

const isAbsoluteOrInvalid = (text: string): boolean =>
  !URL.canParse(text, 'https://relative.invalid') || isAbsolute(text);

/** The links of a `Link` header: commas inside `<…>` and quotes separate nothing. */
function splitLinks(value: string): string[] {
  const links: string[] = [];
  let from = 0;
  let closing = '';
  for (let i = 0; i < value.length; i++) {
    const character = value[i]!;
    if (closing === '"' && character === '\\') i++;
    else if (closing) closing = character === closing ? '' : closing;
    else if (character === '<') closing = '>';
    else if (character === '"') closing = '"';
    else if (character === ',') {
      links.push(value.slice(from, i).trim());
      from = i + 1;
    }
  }
  links.push(value.slice(from).trim());
  return links.filter(Boolean);
}

/** A `Refresh` header (seconds, then a URL); null if the URL leads to another site, like a redirect there. */
export function publicRefresh(value: string, place: ResponsePlace): string | null {
  const [, seconds, target = ''] = /^\s*([\d.]+)\s*[;,]?\s*(?:url\s*=\s*)?(.*)$/i.exec(value) ?? [];
  if (seconds === undefined) return null;
  const reference = target.trim().replace(/^(["'])(.*?)\1.*$/, '$2');
  if (reference === '') return seconds;
  const resolved = resolveReference(reference, place);
  return resolved.to === 'gateway' ? `${seconds}; url=${resolved.url}` : null;
}
