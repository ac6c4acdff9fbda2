import { isObject, type Json } from './json-value.ts';
import { alternativesOf, mergeSchema, typesOf } from './merge-schema.ts';
import { modelName, resolveRef } from './resolve-ref.ts';
import { schemaFacts } from './schema-facts.ts';

/** A schema as shown to readers: one row and its children. Absent means false or none. */
export type SchemaNode = {
  /** Property name. '' for the schema itself. */
  name: string;
  type: string;
  required?: true;
  /** Deprecated, read-only, bounds, format, default: a short text each. */
  facts?: string[];
  description?: string;
  /** Values of an enum, as JSON without quotes; at most `VALUES_MAX`. */
  values?: string[];
  children?: SchemaNode[];
  /** The children are alternatives. */
  choice?: 'One of' | 'Any of';
  /** The name of the schema in `components`. Its own page shows it if it isn't expanded here. */
  model?: string | undefined;
  /** Number of properties omitted to limit the size. */
  left?: number;
};

type TreeOptions = { nodes: number; depth: number };

const DESCRIPTION_MAX = 2_000;

type Task = { node: SchemaNode; given: unknown; path: ReadonlySet<unknown>; depth: number };

/**
 * Expands a schema level by level, up to `nodes` rows, so the levels near the top are complete. Circular references and
 * deeper levels stay collapsed and show the name of their schema.
 */
export function schemaTree(root: Json, schema: unknown, options: TreeOptions): SchemaNode {
  const top: SchemaNode = { name: '', type: 'any' };
  const queue: Task[] = [{ node: top, given: schema, path: new Set(), depth: 0 }];
  let left = options.nodes;
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { node, depth, path } = next;
    describe(root, node, next.given);
    const inner = unfold(root, next.given);
    if (inner.children.length === 0) continue;
    const circular = inner.marks.some((mark) => path.has(mark));
    if (circular || depth >= options.depth || left <= 0) {
      if (!node.model || depth === 0) node.left = inner.children.length;
      continue;
    }
    const shown = inner.children.slice(0, left);
    left -= shown.length;
    if (shown.length < inner.children.length) node.left = inner.children.length - shown.length;
    if (inner.choice) node.choice = inner.choice;
    const below = new Set([...path, ...inner.marks]);
    node.children = shown.map(({ name, given, required }) => {
      const child: SchemaNode = { name, type: 'any', ...(required ? { required: true as const } : {}) };
      queue.push({ node: child, given, path: below, depth: depth + 1 });
      return child;
    });
  }
  return top;
}

function describe(root: Json, node: SchemaNode, given: unknown): void {
  const { ref } = resolveRef(root, given);
  const schema = mergeSchema(root, given);
  if (!schema) return;
  node.type = typeName(root, given);
  const model = modelName(ref) ?? modelName(resolveRef(root, itemsOf(schema)).ref);
  if (model) node.model = model;
  if (typeof schema.description === 'string' && schema.description.trim())
    node.description = schema.description.trim().slice(0, DESCRIPTION_MAX);
  const { facts, values } = schemaFacts(schema);
  if (facts.length > 0) node.facts = facts;
  if (values.length > 0) node.values = values;
}

/** "string", "array of City", "integer or null". */
export function typeName(root: Json, given: unknown, depth = 0): string {
  const schema = mergeSchema(root, given);
  if (!schema || depth > 5) return 'any';
  const choice = alternativesOf(root, schema);
  const { types, nullable } = typesOf(schema);
  const orNull = nullable || choice?.nullable ? ' or null' : '';
  if (types[0] === 'array' && types.length === 1) {
    const items = itemsOf(schema);
    const inner = items === undefined || depth > 3 ? '' : ` of ${typeName(root, items, depth + 1)}`;
    return `array${inner}${orNull}`;
  }
  if (types.length > 0) return types.join(' or ') + orNull;
  if (nullable) return 'null';
  if (choice?.of.length === 1) return typeName(root, choice.of[0], depth + 1) + orNull;
  return (choice ? choice.word.toLowerCase() : 'any') + orNull;
}

const itemsOf = (schema: Json): unknown => (isObject(schema.items) ? schema.items : undefined);

type Inner = {
  children: { name: string; given: unknown; required: boolean }[];
  choice?: 'One of' | 'Any of';
  /** Identifies this schema, to recognize circular references. */
  marks: unknown[];
};

/** The children of a schema: properties, alternatives, or those of an array's items. */
function unfold(root: Json, given: unknown, depth = 0): Inner {
  const { value, ref } = resolveRef(root, given);
  const marks = [ref ?? value];
  const schema = mergeSchema(root, given);
  if (!schema || depth > 5) return { children: [], marks };
  const items = itemsOf(schema);
  if (items !== undefined) {
    const inner = unfold(root, items, depth + 1);
    return { ...inner, marks: [...marks, ...inner.marks] };
  }
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const children = Object.entries(isObject(schema.properties) ? schema.properties : {}).map(
    ([name, property]) => ({ name, given: property, required: required.has(name) }),
  );
  if (isObject(schema.additionalProperties) && Object.keys(schema.additionalProperties).length > 0)
    children.push({ name: '{any name}', given: schema.additionalProperties, required: false });
  const choice = alternativesOf(root, schema);
  if (!choice || children.length > 0) return { children, marks };
  if (choice.of.length === 1) {
    const inner = unfold(root, choice.of[0], depth + 1);
    return { ...inner, marks: [...marks, ...inner.marks] };
  }
  return {
    marks,
    choice: choice.word,
    children: choice.of.map((alternative, i) => ({
      name: nameOf(root, alternative) ?? `Option ${i + 1}`,
      given: alternative,
      required: false,
    })),
  };
}

function nameOf(root: Json, given: unknown): string | null {
  const { value, ref } = resolveRef(root, given);
  return isObject(value) && typeof value.title === 'string' ? value.title : modelName(ref);
}
