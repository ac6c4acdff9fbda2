// The scanner has no dependencies and runs on any Node version, so this repeats `lib/vault/find-keys.ts` without the parts
// that only the portal needs. A test checks that both find the same keys.

import { unescapeText } from './unescape-text.mjs';

const SECRET = /lk_sk_(dev|stg|prod)_([0-9A-Za-z]{16})_([0-9A-Za-z]{49})/g;
const SHARED = /lk_pk_(dev|stg|prod)_([0-9A-Za-z]{16})(?![0-9A-Za-z])/g;
/** `lk_sk_` and `lk_pk_` in base64, for each of the three positions a byte can have in a group. */
const BASE64 = /bGtf(?:c2tf|cGtf)|xrX3[NB]r|a19[zw]a1/g;
/** By the first letter of a match: characters from the start of the group to it, and bytes from there to the key. */
const PLACES = { b: [0, 0], x: [2, 1], a: [4, 2] };
const HINTS = ['lk_', 'lk%', 'lk\\', 'lk&', 'bGtf', 'xrX3', 'a19za1', 'a19wa1'];
/** What escaped text contains, and the codes of the letters `l` and `k`. */
const ESCAPES = ['%', '\\u', '\\x', '&#'];
const LETTER_CODES = ['6c', '6C', '6b', '6B', '107;', '108;'];
const ENVIRONMENTS = { dev: 'development', stg: 'staging', prod: 'production' };
const ANY_HINT = /lk_|bGtf|xrX3|a19[zw]/;
const BASE64_WINDOW = 160;

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** CRC32 (ISO-HDLC) of an ASCII text as six characters of base62. */
function checksumOf(text) {
  let c = -1;
  for (let i = 0; i < text.length; i++) c = CRC_TABLE[(c ^ text.charCodeAt(i)) & 255] ^ (c >>> 8);
  let rest = (c ^ -1) >>> 0;
  let checksum = '';
  for (let i = 0; i < 6; i++) {
    checksum = BASE62[rest % 62] + checksum;
    rest = Math.floor(rest / 62);
  }
  return checksum;
}

const isGenuine = (secret) => checksumOf(secret.slice(0, -6)) === secret.slice(-6);

/** Whether bytes could contain a key. Rules out nearly all files quickly. */
export function mayHoldKey(bytes) {
  const includesAny = (texts) => texts.some((text) => bytes.includes(text, 0, 'latin1'));
  return includesAny(HINTS) || (includesAny(ESCAPES) && includesAny(LETTER_CODES));
}

/**
 * The keys in a text, escaped or not: secret keys by their checksum, shared keys, which have none, as whole words.
 * `masked` is safe to show, `index` is the position.
 */
export function findKeys(original) {
  const { text, originalOf } = unescapeText(original);
  if (!ANY_HINT.test(text)) return [];
  return [...secretKeys(text), ...sharedKeys(text), ...base64Keys(text)]
    .sort((a, b) => a.index - b.index)
    .map((key) => ({ ...key, index: originalOf(key.index) }));
}

function found(kind, environment, keyId, index, secret) {
  const masked =
    kind === 'secret' ? `lk_sk_${environment}_…${secret.slice(-4)}` : `lk_pk_${environment}_${keyId}`;
  return { kind, environment: ENVIRONMENTS[environment], keyId, masked, index };
}

function* secretKeys(text) {
  SECRET.lastIndex = 0;
  for (let match = SECRET.exec(text); match; match = SECRET.exec(text)) {
    const [, environment, keyId, rest] = match;
    const secret = `lk_sk_${environment}_${keyId}_${rest}`;
    if (isGenuine(secret)) yield found('secret', environment, keyId, match.index, secret);
    else SECRET.lastIndex = match.index + 2; // It can contain the start of a key.
  }
}

function* sharedKeys(text) {
  SHARED.lastIndex = 0;
  for (let match = SHARED.exec(text); match; match = SHARED.exec(text)) {
    const before = text.slice(Math.max(0, match.index - 3), match.index);
    if (!/[0-9A-Za-z_]$/.test(before) || /%[0-9A-Fa-f]{2}$/.test(before))
      yield found('shared', match[1], match[2], match.index);
    else SHARED.lastIndex = match.index + 2;
  }
}

function* base64Keys(text) {
  BASE64.lastIndex = 0;
  for (let match = BASE64.exec(text); match; match = BASE64.exec(text)) {
    BASE64.lastIndex = match.index + 1;
    const [lead, bytes] = PLACES[match[0][0]];
    const start = match.index - lead;
    if (start < 0) continue;
    const window = text.slice(start, start + BASE64_WINDOW).replace(/[\r\n]+[ \t]*/g, '');
    const decoded = Buffer.from(window, 'base64')
      .toString('latin1')
      .slice(bytes, bytes + 78);
    const secret = /^lk_sk_(dev|stg|prod)_([0-9A-Za-z]{16})_[0-9A-Za-z]{49}/.exec(decoded);
    if (secret && isGenuine(secret[0])) yield found('secret', secret[1], secret[2], start, secret[0]);
    const shared = /^lk_pk_(dev|stg|prod)_([0-9A-Za-z]{16})(?![0-9A-Za-z])/.exec(decoded);
    if (shared) yield found('shared', shared[1], shared[2], start);
  }
}
