import { isObject, type Json } from './json-value.ts';
import { resolveRef } from './resolve-ref.ts';

/** A schema with its references resolved and its `allOf` parts merged. Null if there is none. */
export function mergeSchema(root: Json, given: unknown): Json | null {
  return mergeOnce(root, given, new Set());
}

/** `seen` contains what was merged already. Merging it again changes nothing, so circular references end there. */
function mergeOnce(root: Json, given: unknown, seen: Set<unknown>): Json | null {
  const { value, ref } = resolveRef(root, given);
  if (!isObject(value)) return value === true ? {} : null;
  if (seen.has(value) || (ref !== null && seen.has(ref))) return null;
  seen.add(value);
  if (ref !== null) seen.add(ref);
  if (!Array.isArray(value.allOf)) return value;
  const { allOf, ...own } = value;
  let merged: Json = {};
  for (const part of allOf) {
    const schema = mergeOnce(root, part, seen);
    if (schema) merged = overlay(merged, schema);
  }
  return overlay(merged, own);
}

/** Merges two schemas: properties and required names are combined, for everything else the second wins. */
export function overlay(below: Json, above: Json): Json {
  const merged: Json = { ...below, ...above };
  if (isObject(below.properties) && isObject(above.properties))
    merged.properties = { ...below.properties, ...above.properties };
  if (Array.isArray(below.required) && Array.isArray(above.required))
    merged.required = [...new Set([...below.required, ...above.required])];
  return merged;
}

/** Types that a schema allows, except `null`. Inferred from other keywords if it has no `type`. */
export function typesOf(schema: Json): { types: string[]; nullable: boolean } {
  const named = (Array.isArray(schema.type) ? schema.type : [schema.type]).filter(
    (type): type is string => typeof type === 'string',
  );
  const nullable = named.includes('null') || schema.nullable === true;
  const types = named.filter((type) => type !== 'null');
  if (types.length > 0 || (named.length > 0 && nullable)) return { types, nullable };
  const has = (...words: string[]) => words.some((word) => schema[word] !== undefined);
  if (has('properties', 'additionalProperties', 'patternProperties', 'maxProperties', 'minProperties'))
    return { types: ['object'], nullable };
  if (has('items', 'prefixItems', 'minItems', 'maxItems')) return { types: ['array'], nullable };
  if (has('minimum', 'maximum', 'multipleOf', 'exclusiveMinimum', 'exclusiveMaximum'))
    return { types: ['number'], nullable };
  if (has('pattern', 'minLength', 'maxLength', 'format')) return { types: ['string'], nullable };
  return { types: [], nullable };
}

/** The alternatives of `oneOf` or `anyOf` except "null", and their common label. */
export function alternativesOf(
  root: Json,
  schema: Json,
): { word: 'One of' | 'Any of'; of: unknown[]; nullable: boolean } | null {
  for (const [key, word] of [
    ['oneOf', 'One of'],
    ['anyOf', 'Any of'],
  ] as const) {
    const list = schema[key];
    if (!Array.isArray(list) || list.length === 0) continue;
    const isNull = (given: unknown) => {
      const { value } = resolveRef(root, given);
      return isObject(value) && value.type === 'null';
    };
    const of = list.filter((given) => !isNull(given));
    return { word, of, nullable: of.length < list.length };
  }
  return null;
}
