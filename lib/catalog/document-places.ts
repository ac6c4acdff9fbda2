import { EVENT_ID, getScalarValue, parseEvents } from 'js-yaml';
import type { Problem } from './document-types.ts';
import { pointer } from './json-value.ts';

const DUPLICATES_MAX = 100;

/** The keys seen in an open object, and the key whose value is read; lists count their items instead. */
type Frame = { seen: Map<string, number> | null; key: string | number; expectsKey: boolean };

/** Keys that occur twice in one object of a valid JSON text. One pass over its characters. */
export function duplicatesInJson(source: string): Problem[] {
  const found: Duplicate[] = [];
  const stack: Frame[] = [];
  const structure = /["{}[\],]/g;
  for (let match = structure.exec(source); match; match = structure.exec(source)) {
    const frame = stack.at(-1);
    const at = match.index;
    switch (match[0]) {
      case '{':
        stack.push({ seen: new Map(), key: '', expectsKey: true });
        break;
      case '[':
        stack.push({ seen: null, key: 0, expectsKey: false });
        break;
      case ',':
        if (frame?.seen) frame.expectsKey = true;
        else if (frame) frame.key = Number(frame.key) + 1;
        break;
      case '"': {
        const end = endOfString(source, at);
        structure.lastIndex = end;
        if (frame?.seen && frame.expectsKey) {
          frame.expectsKey = false;
          const raw = source.slice(at, end);
          takeKey(found, stack, frame, raw.includes('\\') ? String(JSON.parse(raw)) : raw.slice(1, -1), at);
        }
        break;
      }
      default:
        stack.pop();
    }
  }
  return described(source, found);
}

function endOfString(source: string, start: number): number {
  for (let i = source.indexOf('"', start + 1); ; i = source.indexOf('"', i + 1)) {
    let slashes = 0;
    while (source[i - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return i + 1;
  }
}

/** The same for a YAML text. */
export function duplicatesInYaml(source: string, maxDepth: number): Problem[] {
  const found: Duplicate[] = [];
  walkYaml(source, maxDepth, (stack, frame, key, at) => {
    if (key !== '<<') takeKey(found, stack, frame, key, at);
  });
  return described(source, found);
}

/** A scalar as it is written in a YAML text, for instance `1.0`, by the keys that lead to it. */
export function scalarSource(source: string, path: readonly string[]): string | null {
  let result: string | null = null;
  walkYaml(
    source,
    1_000,
    (_stack, frame, key) => {
      frame.key = key;
    },
    (stack, value) => {
      if (result === null && stack.length === path.length && stack.every(({ key }, i) => key === path[i]))
        result = value;
    },
  );
  return result;
}

function walkYaml(
  source: string,
  maxDepth: number,
  onKey: (stack: readonly Frame[], frame: Frame, key: string, at: number) => void,
  onScalar?: (stack: readonly Frame[], value: string) => void,
): void {
  const stack: (Frame | null)[] = [];
  const frames = () => stack.filter((frame) => frame !== null);
  /** A value has started: the next scalar of a mapping is a key again. */
  const valueStarts = () => {
    const frame = stack.at(-1);
    if (frame?.seen) frame.expectsKey = !frame.expectsKey;
    else if (frame) frame.key = Number(frame.key) + 1;
  };
  for (const event of parseEvents(source, { maxDepth })) {
    const frame = stack.at(-1);
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        stack.push(null);
        break;
      case EVENT_ID.MAPPING:
        valueStarts();
        stack.push({ seen: new Map(), key: '', expectsKey: true });
        break;
      case EVENT_ID.SEQUENCE:
        valueStarts();
        stack.push({ seen: null, key: -1, expectsKey: false });
        break;
      case EVENT_ID.POP:
        stack.pop();
        break;
      case EVENT_ID.ALIAS:
        valueStarts();
        break;
      default: {
        if (frame?.seen && frame.expectsKey)
          onKey(frames(), frame, getScalarValue(source, event), event.valueStart);
        else onScalar?.(frames(), source.slice(event.valueStart, event.valueEnd));
        valueStarts();
      }
    }
  }
}

type Duplicate = { at: string; key: string; first: number; second: number };

function takeKey(found: Duplicate[], stack: readonly Frame[], frame: Frame, key: string, at: number): void {
  const first = frame.seen!.get(key);
  frame.key = key;
  if (first === undefined) frame.seen!.set(key, at);
  else if (found.length < DUPLICATES_MAX)
    found.push({ at: pointer(...stack.map((open) => open.key)), key, first, second: at });
}

function describe({ at, key, first, second }: Duplicate, placeOf: (offset: number) => string): Problem {
  return {
    place: at,
    reason: `"${key}" occurs twice: at ${placeOf(first)} and at ${placeOf(second)}. Only the last one is used.`,
  };
}

/** Turns offsets into "line 3, column 5". */
function placesIn(source: string): (offset: number) => string {
  const starts = [0];
  for (let end = source.indexOf('\n'); end >= 0; end = source.indexOf('\n', end + 1)) starts.push(end + 1);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return `line ${low + 1}, column ${offset - starts[low]! + 1}`;
  };
}

function described(source: string, found: readonly Duplicate[]): Problem[] {
  if (found.length === 0) return [];
  const placeOf = placesIn(source);
  return found.map((duplicate) => describe(duplicate, placeOf));
}
