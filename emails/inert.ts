/** `https://…`, and anything that an email client could take for a domain name. Email addresses are left alone. */
const LINK_LIKE =
  /\p{L}[\p{L}\d+.-]*:\/\/\S+|(?<![@\p{L}\d.-])[\p{L}\d-]+(?:[.。．｡][\p{L}\d-]+)*[.。．｡]\p{L}{2,}(?!@)\S*/giu;
/** The colon of `mailto:`, `javascript:` and other schemes, but not of `10:30` or `Note: this`. */
const SCHEME = /(?<=\p{L}):(?=[^\s\d\u2060])/gu;
/** Control characters, unpaired surrogates, and characters that reverse or hide text. Line breaks are kept. */
const INVISIBLE = /[^\P{C}\n\r\u2060]|[\u2028\u2029]/gu;

/**
 * Text that a person typed, made safe for an email: nothing in it becomes a link. Invisible word joiners (U+2060) break up
 * web addresses, so the text reads the same.
 */
export const inert = (text: string): string =>
  text
    .replace(INVISIBLE, ' ')
    .replace(LINK_LIKE, (found) => found.replace(/[.。．｡:/](?!\u2060)/g, '$&\u2060'))
    .replace(SCHEME, '$&\u2060');

/** We build links and parse dates later. Everything else in an email's properties can be someone's text. */
const OURS = /link$|At$|^until$/i;

/** The same properties with `inert` applied to every text, at any depth. */
export function inertProps<T>(props: T): T {
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return OURS.test(key) ? value : inert(value);
    if (Array.isArray(value)) return value.map((item) => walk(item, key));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(item, name)]));
  };
  return walk(props, '') as T; // Same shape: only texts change.
}
