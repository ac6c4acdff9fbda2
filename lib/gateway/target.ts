import { hasDotSegment } from '#lib/catalog/dot-segments.ts';

/** A parsed request target: the API's slug, the path below it, and the query without its `?`. */
export type Target = { readonly api: string; readonly path: string; readonly query: string };

export const TARGET_BYTES_MAX = 8_192;

const SLUG = /^[a-z0-9][a-z0-9-]*$/;
/** Allowed path characters (RFC 3986 pchar). No backslash, no control characters and no raw non-ASCII. */
const PLAIN_PATH = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/%]*$/;
/** Encoded control characters, backslashes and DEL, and bytes that occur only in overlong UTF-8. */
const CONFUSING_ENCODING = /%(?:[01][0-9a-f]|5c|7f|c[01]|e0%[89][0-9a-f]|f0%8[0-9a-f])/i;
const BROKEN_ENCODING = /%(?![0-9A-Fa-f]{2})/;

/**
 * Parses a target. Returns null for every form that could leave the path of its endpoint upstream: dot segments in any
 * encoding, double slashes, backslashes, absolute form, overlong targets. Nothing is rewritten.
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
  return !hasDotSegment(path);
}

/** A query can contain any printable character. It is forwarded byte for byte. */
function isPlainQuery(query: string): boolean {
  for (let i = 0; i < query.length; i++) {
    const code = query.charCodeAt(i);
    if (code <= 32 || code >= 127) return false;
  }
  return true;
}
