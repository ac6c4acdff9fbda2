const HEX = '([0-9A-Fa-f]{2})';

/**
 * Printable ASCII characters as URLs (encoded any number of times), JSON and source code, HTML and Markdown write them.
 * Every repetition is bounded or has one way to match, so a search is linear.
 */
const ESCAPE = new RegExp(
  [
    `%(?:25)*${HEX}`,
    `%u00${HEX}`,
    String.raw`\\{1,4}(?:u00|x)${HEX}`,
    String.raw`\\{1,4}u\{0{0,4}${HEX}\}`,
    `&#[xX]0{0,6}${HEX};`,
    '&#0{0,6}([0-9]{2,3});',
    String.raw`(\\{1,4}_|&lowbar;)`,
  ].join('|'),
  'g',
);

/** Escapes within escapes, such as percent-encoding in JSON: more rounds than occur in practice. */
const ROUNDS = 3;

/** Escapes begin with one of these. */
export const MAY_BE_ESCAPED = /[%\\&]/;

export type Unescaped = {
  readonly text: string;
  /** The position in the original text for one in `text`. */
  originalOf(index: number): number;
};

/** A text with its escaped printable ASCII characters decoded. Everything else stays as it is. */
export function unescapeText(original: string): Unescaped {
  let text = original;
  let positions: Int32Array | null = null;
  for (let round = 0; round < ROUNDS && MAY_BE_ESCAPED.test(text); round++) {
    const decoded = decodeOnce(text);
    if (!decoded) break;
    const earlier: Int32Array | null = positions;
    positions = earlier ? decoded.positions.map((position) => earlier[position]!) : decoded.positions;
    text = decoded.text;
  }
  const map = positions;
  return { text, originalOf: (index) => (map ? map[index]! : index) };
}

function decodeOnce(text: string): { text: string; positions: Int32Array } | null {
  const parts: string[] = [];
  const positions = new Int32Array(text.length + 1);
  let [length, from] = [0, 0];
  const copy = (to: number) => {
    if (to > from) parts.push(text.slice(from, to));
    while (from < to) positions[length++] = from++;
  };
  ESCAPE.lastIndex = 0;
  for (let match = ESCAPE.exec(text); match; match = ESCAPE.exec(text)) {
    const character = characterOf(match);
    if (character === null) continue;
    copy(match.index);
    parts.push(character);
    positions[length++] = match.index;
    from = ESCAPE.lastIndex;
  }
  if (parts.length === 0) return null;
  copy(text.length);
  positions[length++] = text.length;
  return { text: parts.join(''), positions: positions.slice(0, length) };
}

function characterOf(match: RegExpExecArray): string | null {
  const [, percent, percentU, escaped, braced, hexEntity, decimalEntity, underscore] = match;
  if (underscore !== undefined) return '_';
  const hex = percent ?? percentU ?? escaped ?? braced ?? hexEntity;
  const code = hex === undefined ? Number(decimalEntity) : Number.parseInt(hex, 16);
  return code > 0x20 && code < 0x7f ? String.fromCharCode(code) : null;
}
