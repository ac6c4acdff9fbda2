import { isObject, type Json } from './json-value.ts';
import { alternativesOf, mergeSchema, overlay, typesOf } from './merge-schema.ts';
import { resolveRef } from './resolve-ref.ts';
import { textExample } from './text-example.ts';

const DEPTH_MAX = 8;
const VALUES_MAX = 400;
const ITEMS_MAX = 3;

export type ExampleOptions = {
  /** Requests omit read-only properties, responses write-only ones. */
  for: 'request' | 'response';
  /** Properties to include: all, or only required ones if the schema has any. */
  properties: 'all' | 'required';
};

type Walk = ExampleOptions & { root: Json; left: number; path: ReadonlySet<unknown>; depth: number };

/** No value: the schema is circular or too deep here. */
const ABSENT = Symbol('absent');

/** A value that matches a schema, taken from its examples if it has any. Never throws: invalid schemas give null. */
export function schemaExample(root: Json, schema: unknown, options: ExampleOptions): unknown {
  const value = walk(schema, { ...options, root, left: VALUES_MAX, path: new Set(), depth: 0 });
  return value === ABSENT ? null : value;
}

/** The example of a media type: its own, the first of several, or one generated from its schema. */
export function mediaExample(root: Json, media: unknown, options: ExampleOptions): unknown {
  if (!isObject(media)) return null;
  if (media.example !== undefined) return media.example;
  const first = isObject(media.examples) ? Object.values(media.examples)[0] : undefined;
  const { value } = resolveRef(root, first);
  if (isObject(value) && value.value !== undefined) return value.value;
  return media.schema === undefined ? null : schemaExample(root, media.schema, options);
}

/** A value from the schema's own example, default or enum, or undefined. */
export function givenExample(schema: Json): unknown {
  if (schema.example !== undefined) return schema.example;
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  if (Array.isArray(schema.enum)) return schema.enum.find((value) => value !== null) ?? schema.enum[0];
  return undefined;
}

function walk(given: unknown, state: Walk): unknown {
  const { value: target, ref } = resolveRef(state.root, given);
  // References are recognized by their text, because keywords next to them make every visit a new object.
  const mark = ref ?? target;
  if (state.path.has(mark) || state.depth > DEPTH_MAX || state.left <= 0) return ABSENT;
  const schema = mergeSchema(state.root, given);
  if (!schema) return null;
  state.left--;
  const example = givenExample(schema);
  if (example !== undefined) return example;
  const inner: Walk = { ...state, path: new Set([...state.path, mark]), depth: state.depth + 1 };
  const value = ofSchema(schema, inner);
  state.left = inner.left;
  return value;
}

function ofSchema(schema: Json, state: Walk): unknown {
  const choice = alternativesOf(state.root, schema);
  if (choice) {
    const chosen = chooseFrom(choice.of, schema, state);
    if (chosen !== ABSENT) return chosen;
  }
  const { types } = typesOf(schema);
  switch (types[0]) {
    case 'object':
      return objectExample(schema, state);
    case 'array':
      return arrayExample(schema, state);
    case 'string':
      return textExample(schema);
    case 'integer':
    case 'number':
      return numberExample(schema, types[0]);
    case 'boolean':
      return true;
    default:
      return state.depth === 1 && Object.keys(schema).every((key) => !/^(type|nullable)$/.test(key))
        ? {}
        : null;
  }
}

/** The first usable alternative, merged with the schema around it. */
function chooseFrom(alternatives: readonly unknown[], schema: Json, state: Walk): unknown {
  const { oneOf: _one, anyOf: _any, ...common } = schema;
  const shared = Object.keys(common).some((key) => key === 'properties' || key === 'required');
  for (const alternative of alternatives) {
    const merged = shared ? mergeSchema(state.root, alternative) : null;
    const value = walk(merged ? overlay(common, merged) : alternative, state);
    if (value !== ABSENT) return value;
  }
  return ABSENT;
}

function objectExample(schema: Json, state: Walk): Json {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const onlyRequired = state.properties === 'required' && required.size > 0;
  const entries: [string, unknown][] = [];
  for (const [name, given] of Object.entries(properties)) {
    if (onlyRequired && !required.has(name)) continue;
    const { value: property } = resolveRef(state.root, given);
    const hidden = state.for === 'request' ? 'readOnly' : 'writeOnly';
    if (
      isObject(property) &&
      (property[hidden] === true || (property.deprecated === true && !required.has(name)))
    )
      continue;
    const value = walk(given, state);
    if (value !== ABSENT) entries.push([name, value]);
  }
  if (entries.length === 0 && isObject(schema.additionalProperties) && !onlyRequired) {
    const value = walk(schema.additionalProperties, state);
    if (value !== ABSENT) entries.push(['key', value]);
  }
  return Object.fromEntries(entries);
}

function arrayExample(schema: Json, state: Walk): unknown[] {
  const items = Array.isArray(schema.prefixItems)
    ? schema.prefixItems.slice(0, 10)
    : Array.from(
        { length: Math.min(Math.max(1, Number(schema.minItems) || 1), ITEMS_MAX) },
        () => schema.items,
      );
  return items.flatMap((item) => {
    const value = item === undefined ? ABSENT : walk(item, state);
    return value === ABSENT ? [] : [value];
  });
}

function numberExample(schema: Json, type: 'integer' | 'number'): number {
  const step = typeof schema.multipleOf === 'number' && schema.multipleOf > 0 ? schema.multipleOf : null;
  const least = bound(schema, 'minimum', 'exclusiveMinimum', 1);
  const most = bound(schema, 'maximum', 'exclusiveMaximum', -1);
  let value = least ?? (most !== null && most < 1 ? most : 1);
  if (type === 'integer') value = Math.ceil(value);
  if (step) value = Math.ceil(value / step) * step;
  return Object.is(value, -0) ? 0 : value;
}

/** OpenAPI 3.0 marks an exclusive bound with a flag, 3.1 has a separate number. */
function bound(schema: Json, key: string, exclusive: string, step: 1 | -1): number | null {
  const own = schema[exclusive];
  if (typeof own === 'number') return own + step;
  const value = schema[key];
  if (typeof value !== 'number') return null;
  return own === true ? value + step : value;
}
