import { type KeyReference, maskedSecret, parseSecretKey, parseSharedKey } from './recognise-key.ts';

export type FoundKey = KeyReference & {
  kind: 'secret' | 'shared';
  /** The key itself, however it was written. */
  key: string;
  /** Where it stands in the text; `end` is the first character after it. */
  start: number;
  end: number;
};

/** An underscore as it is, as Markdown, addresses (also encoded twice) and JSON write it. */
const U = String.raw`(?:\\?_|%(?:25){0,3}5[Ff]|\\u005[Ff])`;
const ENVIRONMENT = '(dev|stg|prod)';
const SECRET = new RegExp(`lk${U}sk${U}${ENVIRONMENT}${U}([0-9A-Za-z]{16})${U}([0-9A-Za-z]{49})`, 'g');
const SHARED = new RegExp(`lk${U}pk${U}${ENVIRONMENT}${U}([0-9A-Za-z]{16})(?![0-9A-Za-z])`, 'g');
/** A secret key whole, mistyped or cut short. */
const SECRET_LIKE = new RegExp(`lk${U}sk${U}${ENVIRONMENT}${U}([0-9A-Za-z]{4,})(?:${U}([0-9A-Za-z]*))?`, 'g');

/** `lk_sk_` and `lk_pk_` in base64, as they look at each of the three places that a byte can have in a group. */
const BASE64 = /bGtf(?:c2tf|cGtf)|xrX3[NB]r|a19[zw]a1/g;
/** By a hit's first letter: characters from the group's begin to the hit, and bytes from there to the key. */
const PLACES: Readonly<Record<string, { lead: number; bytes: number }>> = {
  b: { lead: 0, bytes: 0 },
  x: { lead: 2, bytes: 1 },
  a: { lead: 4, bytes: 2 },
};
const SECRET_LENGTH = 77;
/** Enough for a whole key in base64, with line breaks every few dozen characters. */
const BASE64_WINDOW = 160;

/** Whether a text could hold one of our keys: cheap enough for every call's path. */
const HINT = /lk[_%\\]|bGtf|xrX3|a19[zw]/;

/**
 * Finds our keys anywhere in a text: plain, with encoded underscores, and in base64 (HTTP Basic, Kubernetes). Secret
 * keys only with the right checksum, so that nothing else is ever taken for one. Linear in the text's length.
 */
export function findKeys(text: string): FoundKey[] {
  if (!HINT.test(text)) return [];
  return [...secretKeys(text), ...sharedKeys(text), ...base64Keys(text)].sort((a, b) => a.start - b.start);
}

/** The secret keys that a text holds, each once. */
export const secretsIn = (text: string): string[] => [
  ...new Set(findKeys(text).flatMap(({ kind, key }) => (kind === 'secret' ? [key] : []))),
];

/** Whether a text holds a secret key, or what is left of one. */
export const holdsSecret = (text: string): boolean => redactKeys(text) !== text;

/** Puts `lk_sk_prod_…wXyZ` in the place of secret keys; also of mistyped ones and of pieces, without their end. */
export function redactKeys(text: string): string {
  if (!HINT.test(text)) return text;
  let masked = '';
  let from = 0;
  for (const { kind, environment, key, start, end } of findKeys(text)) {
    if (kind !== 'secret' || start < from) continue;
    masked += text.slice(from, start) + maskedSecret(environment, key.slice(-4));
    from = end;
  }
  return (masked + text.slice(from)).replace(SECRET_LIKE, (_all, environment: string, _id, tail?: string) => {
    const lastFour = tail?.length === 49 ? tail.slice(-4) : '';
    return `lk_sk_${environment}_…${lastFour}`;
  });
}

/** `redactKeys` for every text inside a plain value, such as what becomes JSON. */
export function redactValues<T>(value: T): T {
  return redacted(value) as T; // The same shape comes out: only texts are replaced, by texts.
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

/** Boundaries are not asked for: the checksum is proof, and in `%3Dlk_sk_…` a letter stands before the key. */
function* secretKeys(text: string): Generator<FoundKey> {
  SECRET.lastIndex = 0;
  for (let match = SECRET.exec(text); match; match = SECRET.exec(text)) {
    const key = `lk_sk_${match[1]}_${match[2]}_${match[3]}`;
    const reference = parseSecretKey(key);
    if (reference) yield { ...reference, kind: 'secret', key, start: match.index, end: SECRET.lastIndex };
    // What was no key may hide the begin of one.
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

/** The key whose base64 was hit at `index`. Keys are ASCII letters, digits and `_`: their base64 has no `+` or `/`. */
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

/** How far into a wrapped text its first `characters` reach, line breaks and indents left out of the count. */
function spanOf(window: string, characters: number): number {
  let counted = 0;
  let at = 0;
  for (; counted < characters && at < window.length; at++) if (!/\s/.test(window[at]!)) counted++;
  return at;
}
