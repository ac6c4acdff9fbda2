import { publicLinks, publicReference, publicRefresh, type ResponsePlace } from './references.ts';

/**
 * Headers that are not passed on: hop-by-hop, those that affect browser state or reveal internals, and those that are the
 * gateway's own here. `X-RateLimit-*` and `RateLimit-Limit` pass: they are the upstream's limits under other names.
 */
const DROPPED = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'trailers',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'set-cookie',
  'set-cookie2',
  'server',
  'x-powered-by',
  'strict-transport-security',
  'public-key-pins',
  'alt-svc',
  'clear-site-data',
  'nel',
  'report-to',
  'reporting-endpoints',
  'content-security-policy',
  'content-security-policy-report-only',
  'x-content-type-options',
  'location',
  'service-worker-allowed',
  'ratelimit',
  'ratelimit-policy',
  'via',
  'x-upstream-request-id',
]);

/** Trailers that must not change how the message is read (RFC 9110 section 6.5.1). */
const NOT_IN_TRAILERS =
  /^(?:content-|cache-control$|age$|date$|expires$|vary$|retry-after$|host$|authorization$|authentication-info$|x-request-id$)/i;
const DROPPED_PREFIX =
  /^(?:access-control-|x-middleware-|x-nextjs-|x-latchkey-|x-accel-|proxy-|cross-origin-)/;

export type AnswerHeaders = {
  /** Names and values alternating, ready to send. */
  headers: string[];
  /** Value of Content-Length, if the upstream declared one. */
  contentLength: string | undefined;
  location: string | undefined;
};

/** Headers that contain a URL, and how it becomes one of the gateway's. Null drops the header. */
const REFERENCES: ReadonlyMap<string, (value: string, place: ResponsePlace) => string | null> = new Map([
  ['link', publicLinks],
  ['content-location', publicReference],
  ['operation-location', publicReference],
  ['azure-asyncoperation', publicReference],
  ['refresh', publicRefresh],
]);

/**
 * Builds the headers of a forwarded response. It can't be cached unless the upstream allows it, never runs as a page
 * (`CSP: sandbox`), is never sniffed into another type, and its URLs don't point at the upstream.
 */
export function answerHeaders(
  raw: readonly string[],
  requestId: string,
  limits: readonly string[],
  place: ResponsePlace,
): AnswerHeaders {
  const headers: string[] = [];
  const named = connectionNames(raw);
  let contentLength: string | undefined;
  let location: string | undefined;
  let cacheable = false;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const value = raw[i + 1]!;
    const kind = kindOf(raw[i]!);
    if (kind === 'length') contentLength = value;
    else if (kind === 'location') location = value;
    if (kind === 'request-id' && value !== requestId) headers.push('X-Upstream-Request-Id', value);
    if (kind === 'challenge' && place.passesChallenge) headers.push(raw[i]!, value);
    if (kind !== 'kept' && kind !== 'cache' && kind !== 'reference') continue;
    if (named?.has(raw[i]!.toLowerCase())) continue;
    if (kind === 'cache') cacheable = true;
    const visible = kind === 'reference' ? REFERENCES.get(raw[i]!.toLowerCase())!(value, place) : value;
    if (visible !== null) headers.push(raw[i]!, visible);
  }
  headers.push(
    'X-Content-Type-Options',
    'nosniff',
    'Content-Security-Policy',
    'sandbox',
    'X-Request-Id',
    requestId,
  );
  if (cacheable) headers.push('Vary', 'Authorization, X-Shared-Key, X-Secret-Key, X-API-Key, Origin');
  else headers.push('Cache-Control', 'no-store');
  for (const part of limits) headers.push(part);
  return { headers, contentLength, location };
}

/** The trailers of a forwarded response, by the same rules as its headers. */
export function answerTrailers(raw: readonly string[]): [name: string, value: string][] {
  const trailers: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2)
    if (kindOf(raw[i]!) === 'kept' && !NOT_IN_TRAILERS.test(raw[i]!)) trailers.push([raw[i]!, raw[i + 1]!]);
  return trailers;
}

function connectionNames(raw: readonly string[]): ReadonlySet<string> | undefined {
  let names: Set<string> | undefined;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i]!.length !== 10 || raw[i]!.toLowerCase() !== 'connection') continue;
    const value = raw[i + 1]!.toLowerCase();
    if (value === 'keep-alive' || value === 'close') continue;
    names ??= new Set();
    for (const name of value.split(',')) names.add(name.trim());
  }
  return names;
}

type Kind = 'kept' | 'dropped' | 'length' | 'location' | 'cache' | 'reference' | 'request-id' | 'challenge';

// Upstreams spell their headers the same way every time, so each spelling is classified once.
const kinds = new Map<string, Kind>();

function kindOf(spelled: string): Kind {
  const known = kinds.get(spelled);
  if (known) return known;
  const name = spelled.toLowerCase();
  let kind: Kind = DROPPED.has(name) || DROPPED_PREFIX.test(name) ? 'dropped' : 'kept';
  if (name === 'content-length') kind = 'length';
  else if (name === 'location') kind = 'location';
  else if (name === 'cache-control') kind = 'cache';
  else if (name === 'www-authenticate') kind = 'challenge';
  else if (name === 'x-request-id') kind = 'request-id';
  else if (REFERENCES.has(name)) kind = 'reference';
  if (kinds.size >= 2_000) kinds.clear();
  kinds.set(spelled, kind);
  return kind;
}
