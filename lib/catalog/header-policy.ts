/** Which request headers of clients an API's upstream receives. The gateway adds its own to them. */
export type HeaderPolicy = { readonly mode: 'except' | 'only'; readonly names: ReadonlySet<string> };

/**
 * Names with other characters are read differently by different servers: CGI, PHP and WSGI turn `_`, `.` and others into
 * the same variable as `-`, so such a name could stand for one of the gateway's own.
 */
const PLAIN_NAME = /^[a-z0-9][a-z0-9-]*$/;

const NEVER = new Set([
  // Hop-by-hop (RFC 9110 section 7.6.1), and what concerns one connection or proxy only.
  ...['connection', 'keep-alive', 'te', 'trailer', 'trailers', 'transfer-encoding', 'upgrade', 'expect'],
  ...['http2-settings', 'max-forwards', 'via', 'early-data', 'alt-used', 'content-length', 'host'],
  // Cookies, and keys of Latchkey.
  ...['cookie', 'cookie2', 'set-cookie', 'set-cookie2', 'x-shared-key', 'x-secret-key'],
  // What Latchkey sets.
  ...['x-request-id', 'forwarded', 'x-real-ip', 'x-upstream-request-id'],
  // Another path or method than the one that was checked.
  ...['x-method-override', 'x-http-method', 'x-http-method-override', 'x-http-path-override'],
  // What a proxy asserts about the client: its address, the scheme, its certificate, its user.
  ...['x-client-ip', 'true-client-ip', 'client-ip', 'x-cluster-client-ip', 'fastly-client-ip', 'x-remote-ip'],
  ...[
    'x-remote-addr',
    'x-host',
    'x-scheme',
    'x-url-scheme',
    'front-end-https',
    'x-client-cert',
    'client-cert',
  ],
  ...['client-cert-chain', 'remote-user', 'x-remote-user', 'x-webauth-user', 'x-user-verified', 'x-port'],
  // Internal to Next.
  ...['rsc'],
]);

const NEVER_PREFIX = new RegExp(
  `^(?:${[
    ...['x-latchkey-', 'x-forwarded', 'x-original-', 'x-rewrite-', 'proxy-', 'x-proxy', 'x-middleware-'],
    ...['x-nextjs-', 'next-', 'x-invoke-', 'x-matched-path', 'sec-fetch-', 'sec-websocket-'],
    ...['access-control-', 'x-accel-', 'x-envoy-', 'x-ssl-', 'ssl-', 'cf-', 'x-arr-', 'x-appengine-'],
    ...['x-auth-request-', 'x-goog-iap-', 'x-goog-authenticated-', 'x-ms-client-principal', 'x-amzn-oidc-'],
    ...['x-amzn-mtls-', 'x-consumer-', 'x-credential-', 'x-authenticated-', 'x-remote-', 'tailscale-user-'],
  ].join('|')})`,
);

/** Whether a header (lowercase) is never forwarded, whatever an API's policy says. */
export const isNeverForwarded = (name: string): boolean =>
  !PLAIN_NAME.test(name) || NEVER.has(name) || NEVER_PREFIX.test(name);

/** Always forwarded: a body is of no use without them. */
const ABOUT_THE_BODY = new Set(['content-type', 'content-encoding', 'content-language']);

/** Whether the upstream receives a client's header (lowercase) of this name. */
export function isForwarded(name: string, policy: HeaderPolicy | null): boolean {
  if (isNeverForwarded(name)) return false;
  return policy === null || isListed(name, policy);
}

const isListed = (name: string, { mode, names }: HeaderPolicy): boolean =>
  mode === 'only' ? names.has(name) || ABOUT_THE_BODY.has(name) : !names.has(name);

/** The headers that a policy lets through: lowercase names and values alternating. */
export function permitted(pairs: string[], policy: HeaderPolicy): string[] {
  const kept: string[] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const name = pairs[i]!;
    if (isListed(name, policy)) kept.push(name, pairs[i + 1]!);
  }
  return kept;
}
