// The scanner stands alone and runs on any Node, so this is `lib/vault/find-keys.ts` once more, over bytes and without
// what only the portal needs. A test holds the two together.

const U = String.raw`(?:\\?_|%(?:25){0,3}5[Ff]|\\u005[Ff])`;
const SECRET = new RegExp(`lk${U}sk${U}(dev|stg|prod)${U}([0-9A-Za-z]{16})${U}([0-9A-Za-z]{49})`, 'g');
const SHARED = new RegExp(`lk${U}pk${U}(dev|stg|prod)${U}([0-9A-Za-z]{16})(?![0-9A-Za-z])`, 'g');
/** `lk_sk_` and `lk_pk_` in base64, at each of the three places that a byte can have in a group. */
const BASE64 = /bGtf(?:c2tf|cGtf)|xrX3[NB]r|a19[zw]a1/g;
/** By a hit's first letter: characters from the group's begin to the hit, and bytes from there to the key. */
const PLACES = { b: [0, 0], x: [2, 1], a: [4, 2] };
const HINTS = ['lk_', 'lk%', 'lk\\', 'bGtf', 'xrX3', 'a19za1', 'a19wa1'];
const ENVIRONMENTS = { dev: 'development', stg: 'staging', prod: 'production' };
const ANY_HINT = /lk[_%\\]|bGtf|xrX3|a19[zw]/;
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

/** Whether bytes could hold a key at all: the fast way past nearly everything. */
export const mayHoldKey = (bytes) => HINTS.some((hint) => bytes.includes(hint, 0, 'latin1'));

/**
 * The keys in a text: secret ones by their checksum, shared ones, which have none, as words. `masked` is all that may
 * be shown; `index` is where it begins.
 */
export function findKeys(text) {
  if (!ANY_HINT.test(text)) return [];
  return [...secretKeys(text), ...sharedKeys(text), ...base64Keys(text)].sort((a, b) => a.index - b.index);
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
    else SECRET.lastIndex = match.index + 2; // It may hide the begin of one.
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
