/** A parsed request target: the API's slug, the path below it, and the query without its `?`. */
export type Target = { readonly api: string; readonly path: string; readonly query: string };

export const TARGET_BYTES_MAX = 8_192;

const SLUG = /^[a-z0-9][a-z0-9-]*$/;
/**
 * Allowed path characters (RFC 3986 pchar). No backslash, no control characters, no raw non-ASCII, and no `;`, where some
 * servers read path parameters.
 */
const PLAIN_PATH = /^[A-Za-z0-9\-._~!$&'()*+,=:@/%]*$/;
/**
 * Encodings that change the meaning of a path once it is decoded: control characters, `%`, `.`, `/`, `\`, `;`, DEL, and
 * bytes that occur only in overlong UTF-8.
 */
const CONFUSING_ENCODING = /%(?:[01][0-9a-f]|25|2e|2f|5c|3b|7f|3f|23|c[01])/i;
const BROKEN_ENCODING = /%(?![0-9A-Fa-f]{2})/;

/**
 * Parses a target. Returns null for every form that could mean one path here and another one upstream: dot segments,
 * double slashes, encoded separators, absolute form, overlong targets. Nothing is rewritten.
 */
export function readTarget(target: string): Target | null {
  if (target.length > TARGET_BYTES_MAX || target.charCodeAt(0) !== 47 || target.includes('#')) return null;
  const mark = target.indexOf('?');
  const whole = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? '' : target.slice(mark + 1);

  const slash = whole.indexOf('/', 1);
  const api = slash < 0 ? whole.slice(1) : whole.slice(1, slash);
  const path = slash < 0 ? '/' : whole.slice(slash);
  if (!SLUG.test(api) || !isPlainPath(path) || !isPlainQuery(query)) return null;
  return { api, path, query };
}

function isPlainPath(path: string): boolean {
  if (!PLAIN_PATH.test(path) || path.includes('//')) return false;
  if (path.includes('%') && (CONFUSING_ENCODING.test(path) || BROKEN_ENCODING.test(path))) return false;
  return !/\/\.{1,2}(?:\/|$)/.test(path);
}

/** A query can contain any printable character. It is forwarded byte for byte. */
function isPlainQuery(query: string): boolean {
  for (let i = 0; i < query.length; i++) {
    const code = query.charCodeAt(i);
    if (code <= 32 || code >= 127) return false;
  }
  return true;
}
