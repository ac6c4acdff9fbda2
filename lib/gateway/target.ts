/** A request target taken apart: the API's slug, the path below it, and the query without its `?`. */
export type Target = { readonly api: string; readonly path: string; readonly query: string };

export const TARGET_BYTES_MAX = 8_192;

const SLUG = /^[a-z0-9][a-z0-9-]*$/;
/**
 * Characters of a path segment (RFC 3986 pchar), percent-encodings apart. No backslash, no `;`: some servers
 * read path parameters there; no control characters, no raw non-ASCII.
 */
const PLAIN_PATH = /^[A-Za-z0-9\-._~!$&'()*+,=:@/%]*$/;
/**
 * Encodings that change what a path means once somebody decodes it: NUL and controls, `%`, `.`, `/`, `\`, `;`, DEL,
 * and the bytes that only overlong UTF-8 has.
 */
const CONFUSING_ENCODING = /%(?:[01][0-9a-f]|25|2e|2f|5c|3b|7f|3f|23|c[01])/i;
const BROKEN_ENCODING = /%(?![0-9A-Fa-f]{2})/;

/**
 * Takes a target apart, or answers null for every form that could mean one path here and another upstream:
 * dot segments, doubled slashes, encoded separators, absolute form, overlong. Nothing is rewritten: what is
 * not plain is no known endpoint.
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

/** A query may hold anything printable; it is passed on byte for byte. */
function isPlainQuery(query: string): boolean {
  for (let i = 0; i < query.length; i++) {
    const code = query.charCodeAt(i);
    if (code <= 32 || code >= 127) return false;
  }
  return true;
}
