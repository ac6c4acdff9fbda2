import { isForeignApiKey, isForeignAuthorization, type KeyPolicy } from '#lib/catalog/key-policy.ts';
import { looksLikeSecretKey, parseSecretKey, parseSharedKey } from '#lib/credentials/format.ts';
import type { Reason } from '#lib/refusals/reasons.ts';
import { holdsKey } from '#lib/vault/find-keys.ts';
import { MAY_BE_ESCAPED, unescapeText } from '#lib/vault/unescape-text.ts';
import type { ReadHeaders } from './inbound.ts';
import type { Environment } from './ports.ts';

/** A secret key as sent by a client. Only its format and checksum have been checked. */
export type Presented = {
  readonly keyId: string;
  readonly environment: Environment;
  readonly secretKey: string;
};

const QUERY_NAMES = /(?:^|&)(?:secret[_-]?key|shared[_-]?key|x-secret-key|x-shared-key|x-api-key)=/i;

/** Whether a query string contains a key, in any encoding, or a parameter named like one of our headers. */
export function keyInQuery(query: string): boolean {
  if (query.length === 0) return false;
  return (
    holdsKey(query) ||
    QUERY_NAMES.test(query) ||
    (MAY_BE_ESCAPED.test(query) && QUERY_NAMES.test(names(query)))
  );
}

/** The names in a query, without escapes. */
const names = (query: string): string =>
  query
    .split('&')
    .map((part) => `${unescapeText(part.split('=', 1)[0]!).text}=`)
    .join('&');

/**
 * Reads the API key from the headers: HTTP Basic `shared:secret` (RFC 7617), `X-Shared-Key` with `X-Secret-Key`, or the
 * secret key alone as `Authorization: Bearer` (RFC 6750) or `X-API-Key`. A policy leaves one of them. Credentials sent in several places must match.
 * Never throws.
 */
export function present(headers: ReadHeaders, policy: KeyPolicy | null = null): Presented | Reason {
  if (headers.repeated) return 'malformed_credentials';
  let shared = headers.sharedKey;
  let secret = headers.secretKey;

  const alone = keyHeader(headers, policy);
  if (alone !== undefined) {
    if (secret !== undefined && secret !== alone) return 'malformed_credentials';
    secret = alone;
  }
  if (headers.authorization !== undefined && !isForeignAuthorization(policy)) {
    const read = readAuthorization(headers.authorization, policy?.method);
    if (!read) return 'malformed_credentials';
    if (secret !== undefined && secret !== read.secret) return 'malformed_credentials';
    if (shared !== undefined && read.shared !== undefined && shared !== read.shared)
      return 'malformed_credentials';
    secret = read.secret;
    shared ??= read.shared;
  }
  if (secret === undefined) return shared === undefined ? 'missing_credentials' : 'malformed_credentials';

  const named = parseSecretKey(secret);
  // Right format and wrong checksum: a typo or a guess. It costs no hash and no query.
  if (!named) return looksLikeSecretKey(secret) ? 'invalid_credentials' : 'malformed_credentials';
  if (shared !== undefined) {
    const half = parseSharedKey(shared);
    if (!half) return 'malformed_credentials';
    if (half.keyId !== named.keyId || half.environment !== named.environment) return 'invalid_credentials';
  }
  return { keyId: named.keyId, environment: named.environment, secretKey: secret };
}

/** The value of the header that carries the secret key alone. Two different values never are a key. */
function keyHeader(headers: ReadHeaders, policy: KeyPolicy | null): string | undefined {
  if (!policy?.header) return isForeignApiKey(policy) ? undefined : headers.apiKey;
  const values: string[] = [];
  for (const pairs of [headers.held, headers.carried])
    for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === policy.header) values.push(pairs[i + 1]!);
  return values.length > 0 ? values.join(', ') : undefined;
}

/** Whether some API would find a well-formed key in a request, wherever that API expects it. */
export function showsKey(headers: ReadHeaders): boolean {
  const own = headers.held
    .filter((_part, i) => i % 2 === 0)
    .map((header) => ({ method: 'header', header }) as const);
  return [null, ...ALONE, ...own].some((policy) => typeof present(headers, policy) !== 'string');
}

const ALONE = (['x-api-key', 'bearer', 'basic'] as const).map((method) => ({ method, header: null }));

function readAuthorization(
  value: string,
  only: KeyPolicy['method'] | undefined,
): { shared: string | undefined; secret: string } | null {
  const space = value.indexOf(' ');
  if (space < 1) return null;
  const scheme = value.slice(0, space).toLowerCase();
  const rest = value.slice(space + 1).trim();
  // GitHub's clients send `token`.
  if ((scheme === 'bearer' || scheme === 'token') && only !== 'basic')
    return rest ? { shared: undefined, secret: rest } : null;
  if (scheme !== 'basic' || only === 'bearer' || rest.length > 400 || !/^[0-9A-Za-z+/_-]+=*$/.test(rest))
    return null;
  const text = Buffer.from(rest, 'base64').toString('latin1');
  const colon = text.indexOf(':');
  return colon < 1 ? null : { shared: text.slice(0, colon), secret: text.slice(colon + 1) };
}
