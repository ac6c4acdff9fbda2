import { type HeaderPolicy, isForwarded } from '#lib/catalog/header-policy.ts';

/**
 * Cross-origin requests from web pages (the Fetch standard's CORS protocol). Credentials in the browser's sense are never
 * allowed: a page sends its key itself.
 */

/** An origin as browsers send it; null for anything else, such as `null`. */
export function readOrigin(value: string): URL | null {
  if (!URL.canParse(value)) return null;
  const url = new URL(value);
  return url.origin === value ? url : null;
}

/** How long browsers may remember a preflight, in seconds. Only the request itself is checked for real. */
const MAX_AGE = '600';
const REQUESTED_MAX = 100;
const REQUESTED_LENGTH_MAX = 8_192;
const KEY_HEADERS = new Set(['authorization', 'x-api-key', 'x-shared-key', 'x-secret-key']);

type Preflight = {
  readonly id: string;
  readonly origin: string;
  /** The methods of the path's endpoints. */
  readonly methods: readonly string[];
  /** `Access-Control-Request-Headers` */
  readonly requested: string | undefined;
  readonly policy: HeaderPolicy | null;
  /** The header that carries the key, if it has a name of its own. */
  readonly keyHeader: string | null;
};

/** The headers of the response to a permitted preflight: its origin, the path's methods, and the headers that arrive. */
export function preflightHeaders({ id, origin, methods, requested, policy, keyHeader }: Preflight): string[] {
  const headers = [
    ...['Access-Control-Allow-Origin', origin, 'Access-Control-Allow-Methods', methods.join(', ')],
    ...['Access-Control-Max-Age', MAX_AGE, 'Cache-Control', 'no-store', 'X-Request-Id', id],
    ...['Vary', 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'],
  ];
  const names = readNames(requested).filter(
    (name) => KEY_HEADERS.has(name) || name === keyHeader || isForwarded(name, policy),
  );
  if (names.length > 0) headers.push('Access-Control-Allow-Headers', names.join(', '));
  return headers;
}

function readNames(list: string | undefined): string[] {
  if (list === undefined || list.length > REQUESTED_LENGTH_MAX) return [];
  const names = list.toLowerCase().split(',', REQUESTED_MAX);
  return [...new Set(names.map((name) => name.trim()))];
}

/** Pages can always read these. */
const SAFELISTED = new Set([
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
]);
const NOT_EXPOSED = new Set([...SAFELISTED, 'last-modified', 'pragma', 'vary', 'connection']);

/** What lets a page of this origin read a response, to be added to its headers: names and values alternating. */
export function pageHeaders(origin: string, headers: readonly string[]): string[] {
  const exposed = new Map<string, string>();
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase();
    if (!NOT_EXPOSED.has(name)) exposed.set(name, headers[i]!);
  }
  return [
    ...['Access-Control-Allow-Origin', origin, 'Vary', 'Origin'],
    ...['Access-Control-Expose-Headers', [...exposed.values()].join(', ')],
  ];
}
