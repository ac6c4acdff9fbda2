import { type KeyReference, maskedSecret, parseSecretKey, parseSharedKey } from './recognize-key.ts';
import { MAY_BE_ESCAPED, type Unescaped, unescapeText } from './unescape-text.ts';

export type FoundKey = KeyReference & {
  kind: 'secret' | 'shared';
  /** The key itself, without escapes. */
  key: string;
  /** Its position in the text; `end` is the first character after it. */
  start: number;
  end: number;
};

const SECRET = /lk_sk_(dev|stg|prod)_([0-9A-Za-z]{16})_([0-9A-Za-z]{49})/g;
const SHARED = /lk_pk_(dev|stg|prod)_([0-9A-Za-z]{16})(?![0-9A-Za-z])/g;
/** A complete, mistyped or truncated secret key. */
const SECRET_LIKE = /lk_sk_(dev|stg|prod)_([0-9A-Za-z]{4,})(?:_([0-9A-Za-z]*))?/g;

/** `lk_sk_` and `lk_pk_` in base64, for each of the three positions a byte can have in a group. */
const BASE64 = /bGtf(?:c2tf|cGtf)|xrX3[NB]r|a19[zw]a1/g;
/** By the first letter of a match: characters from the start of the group to it, and bytes from there to the key. */
const PLACES: Readonly<Record<string, { lead: number; bytes: number }>> = {
  b: { lead: 0, bytes: 0 },
  x: { lead: 2, bytes: 1 },
  a: { lead: 4, bytes: 2 },
};
const SECRET_LENGTH = 77;
/** Enough for a key in base64 with a line break every few dozen characters. */
const BASE64_WINDOW = 160;

/** Whether an unescaped text could contain one of our keys. Cheap enough for the path of every request. */
const HINT = /lk_|bGtf|xrX3|a19[zw]/;

const UNCHANGED = (index: number) => index;

/** The text without escapes, or null if it can't contain a key. */
function readable(original: string): Unescaped | null {
  const unescaped = MAY_BE_ESCAPED.test(original)
    ? unescapeText(original)
    : { text: original, originalOf: UNCHANGED };
  return HINT.test(unescaped.text) ? unescaped : null;
}

/**
 * Finds our keys anywhere in a text: plain, with any of their characters escaped, and in base64 (HTTP Basic, Kubernetes).
 * Secret keys must have the right checksum, so nothing else is mistaken for one. Linear in the length of the text.
 */
export function findKeys(text: string): FoundKey[] {
  const unescaped = readable(text);
  if (!unescaped) return [];
  const { originalOf } = unescaped;
  return keysIn(unescaped.text).map((key) => ({
    ...key,
    start: originalOf(key.start),
    end: originalOf(key.end),
  }));
}

const keysIn = (text: string): FoundKey[] =>
  [...secretKeys(text), ...sharedKeys(text), ...base64Keys(text)].sort((a, b) => a.start - b.start);

/** No complete key is shorter, in any encoding. */
export const KEY_LENGTH_MIN = 26;
/** What keys begin with, plain or in hexadecimal. */
const KEY_SHAPE = /lk_[ps]k_(?:dev|stg|prod)_|6c6b5f7[03]6b5f/i;

/** Whether a text contains a key or what looks like one: plain, escaped, in base64 or in hexadecimal. */
export function holdsKey(original: string): boolean {
  const text = MAY_BE_ESCAPED.test(original) ? unescapeText(original).text : original;
  return KEY_SHAPE.test(text) || (HINT.test(text) && keysIn(text).length > 0);
}

/** The secret keys in a text, each once. */
export const secretsIn = (text: string): string[] => [
  ...new Set(findKeys(text).flatMap(({ kind, key }) => (kind === 'secret' ? [key] : []))),
];

/** Whether a text contains a secret key or a part of one. */
export const holdsSecret = (text: string): boolean => redactKeys(text) !== text;

/** Replaces secret keys with `lk_sk_prod_…wXyZ`. Mistyped keys and parts of keys are masked too, without their last four. */
export function redactKeys(original: string): string {
  const unescaped = readable(original);
  if (!unescaped) return original;
  const { text, originalOf } = unescaped;
  let masked = '';
  let [from, copied] = [0, 0];
  const replace = (start: number, end: number, mask: string) => {
    masked += original.slice(copied, originalOf(start)) + mask;
    copied = originalOf(end);
  };
  const maskParts = (to: number) => {
    for (const { index, 0: all, 1: environment, 3: tail } of text.slice(from, to).matchAll(SECRET_LIKE))
      replace(
        from + index,
        from + index + all.length,
        `lk_sk_${environment}_…${tail?.length === 49 ? tail.slice(-4) : ''}`,
      );
  };
  for (const { kind, environment, key, start, end } of keysIn(text)) {
    if (kind !== 'secret' || start < from) continue;
    maskParts(start);
    replace(start, end, maskedSecret(environment, key.slice(-4)));
    from = end;
  }
  maskParts(text.length);
  return masked + original.slice(copied);
}

/** `redactKeys` for every text in a JSON-like value. */
export function redactValues<T>(value: T): T {
  return redacted(value) as T; // Texts are replaced by texts, so the shape stays the same.
}

function redacted(value: unknown): unknown {
  if (typeof value === 'string') return redactKeys(value);
  if (Array.isArray(value)) return value.map(redacted);
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [redactKeys(name), redacted(inner)]),
  );
}

/** Needs no word boundaries: the checksum is proof. */
function* secretKeys(text: string): Generator<FoundKey> {
  SECRET.lastIndex = 0;
  for (let match = SECRET.exec(text); match; match = SECRET.exec(text)) {
    const key = `lk_sk_${match[1]}_${match[2]}_${match[3]}`;
    const reference = parseSecretKey(key);
    if (reference) yield { ...reference, kind: 'secret', key, start: match.index, end: SECRET.lastIndex };
    // What isn't a key can contain the start of one.
    else SECRET.lastIndex = match.index + 2;
  }
}

function* sharedKeys(text: string): Generator<FoundKey> {
  SHARED.lastIndex = 0;
  for (let match = SHARED.exec(text); match; match = SHARED.exec(text)) {
    const key = `lk_pk_${match[1]}_${match[2]}`;
    const reference = parseSharedKey(key);
    const before = text.slice(Math.max(0, match.index - 3), match.index);
    if (reference && (!/[0-9A-Za-z_]$/.test(before) || /%[0-9A-Fa-f]{2}$/.test(before)))
      yield { ...reference, kind: 'shared', key, start: match.index, end: SHARED.lastIndex };
    else SHARED.lastIndex = match.index + 2;
  }
}

function* base64Keys(text: string): Generator<FoundKey> {
  BASE64.lastIndex = 0;
  for (let match = BASE64.exec(text); match; match = BASE64.exec(text)) {
    const found = base64Key(text, match.index, PLACES[match[0].charAt(0)]!);
    if (found) yield found;
    BASE64.lastIndex = match.index + 1;
  }
}

/** The key with a base64 match at `index`. Keys are ASCII letters, digits and `_`, so their base64 has no `+` or `/`. */
function base64Key(
  text: string,
  index: number,
  { lead, bytes }: { lead: number; bytes: number },
): FoundKey | null {
  const start = index - lead;
  if (start < 0) return null;
  const window = text.slice(start, start + BASE64_WINDOW);
  const decoded = Buffer.from(window.replace(/[\r\n]+[ \t]*/g, ''), 'base64')
    .toString('latin1')
    .slice(bytes);
  const key =
    /^lk_(?:sk_[a-z]{3,4}_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}|pk_[a-z]{3,4}_[0-9A-Za-z]{16}(?![0-9A-Za-z]))/.exec(
      decoded.slice(0, SECRET_LENGTH + 1),
    )?.[0];
  const secret = key && parseSecretKey(key);
  const reference = secret || (key && parseSharedKey(key));
  if (!reference) return null;
  const characters = Math.ceil(((bytes + key.length) * 4) / 3);
  return {
    ...reference,
    kind: secret ? 'secret' : 'shared',
    key,
    start,
    end: start + spanOf(window, characters),
  };
}

/** The length of a wrapped text's first `characters`, not counting line breaks and indents. */
function spanOf(window: string, characters: number): number {
  let counted = 0;
  let at = 0;
  for (; counted < characters && at < window.length; at++) if (!/\s/.test(window[at]!)) counted++;
  return at;
}
