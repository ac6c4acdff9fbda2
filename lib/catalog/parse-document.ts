import {
  CORE_SCHEMA,
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  load,
  mergeTag,
  YAMLException,
} from 'js-yaml';
import { duplicatesInJson, duplicatesInYaml, scalarSource } from './document-places.ts';
import type { Parsed, Problem } from './document-types.ts';
import { expandedSize } from './expanded-size.ts';
import { isObject } from './json-value.ts';

/** Aliases count as often as they are used. */
const EXPANDED_MAX = 256 * 1024 * 1024;
const DEPTH_MAX = 1_000;
const MERGE_KEYS_MAX = 2_000_000;

/** Tags such as `!Ref` mean nothing in OpenAPI: their values are read as if they had none. */
const UNKNOWN_TAGS = [
  defineScalarTag('!', { matchByTagPrefix: true, resolve: (source) => source, identify: () => false }),
  defineSequenceTag<unknown[]>('!', {
    matchByTagPrefix: true,
    create: () => [],
    addItem: (list, item) => void list.push(item),
    identify: () => false,
  }),
  defineMappingTag<Record<string, unknown>>('!', {
    matchByTagPrefix: true,
    create: () => ({}),
    addPair: (map, key, value) => {
      Object.defineProperty(map, String(key), {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
      return '';
    },
    has: (map, key) => Object.hasOwn(map, String(key)),
    keys: (map) => Object.keys(map),
    get: (map, key) => map[String(key)],
    identify: () => false,
  }),
];
const SCHEMA = CORE_SCHEMA.withTags(mergeTag, UNKNOWN_TAGS);

/** Parses JSON or YAML. */
export function parseDocument(source: string): Parsed {
  const trimmed = source.replace(/^\uFEFF/, '');
  if (/^\s*[{[]/.test(trimmed)) {
    try {
      const value: unknown = JSON.parse(trimmed);
      return { ok: true, value, duplicates: duplicatesInJson(trimmed) };
    } catch {
      // The YAML parser reads JSON too, and reports the location of the error.
    }
  }
  if (!trimmed.trim()) return { ok: true, value: null, duplicates: [] };
  return parseYaml(trimmed);
}

function parseYaml(source: string): Parsed {
  let value: unknown;
  let duplicates: Problem[] = [];
  try {
    value = load(source, { schema: SCHEMA, maxDepth: DEPTH_MAX, maxTotalMergeKeys: MERGE_KEYS_MAX });
  } catch (error) {
    duplicates = isDuplicate(error) ? duplicatesInYaml(source, DEPTH_MAX) : [];
    if (duplicates.length === 0) return refusal(error, source);
    try {
      value = load(source, {
        schema: SCHEMA,
        maxDepth: DEPTH_MAX,
        maxTotalMergeKeys: MERGE_KEYS_MAX,
        json: true,
      });
    } catch (later) {
      return refusal(later, source);
    }
  }
  const size = expandedSize(value, { max: EXPANDED_MAX, depth: DEPTH_MAX });
  if (typeof size === 'string') return { ok: false, problems: [{ place: '#', reason: size }] };
  return { ok: true, value: withSourceOfVersions(value, source), duplicates };
}

const isDuplicate = (error: unknown): boolean =>
  error instanceof YAMLException && error.reason.includes('duplicated mapping key');

function refusal(error: unknown, source: string): Parsed {
  if (!(error instanceof YAMLException)) {
    const reason = error instanceof Error ? error.message : 'The document can’t be parsed.';
    return { ok: false, problems: [{ place: '#', reason }] };
  }
  const { mark, reason } = error;
  const place = mark ? `line ${mark.line + 1}, column ${mark.column + 1}` : secondDocument(source);
  return { ok: false, problems: [{ place, reason }] };
}

/** The parser gives no location for a second document. */
function secondDocument(source: string): string {
  const at = source.search(/(?<=\S\s*\n)---/);
  return at < 0 ? '#' : `line ${source.slice(0, at).split('\n').length}, column 1`;
}

/** Without quotes, YAML reads `version: 1.0` as the number 1. Versions are the text in the document. */
function withSourceOfVersions(value: unknown, source: string): unknown {
  if (!isObject(value)) return value;
  const { info } = value;
  for (const key of ['openapi', 'swagger'])
    if (typeof value[key] === 'number') value[key] = scalarSource(source, [key]) ?? String(value[key]);
  if (isObject(info) && typeof info.version === 'number')
    info.version = scalarSource(source, ['info', 'version']) ?? String(info.version);
  return value;
}
