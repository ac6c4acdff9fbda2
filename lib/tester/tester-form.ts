import type { Json } from '#lib/catalog/json-value.ts';
import { mergeSchema, typesOf } from '#lib/catalog/merge-schema.ts';
import type { OperationParameter, OperationShape } from '#lib/catalog/operation-shape.ts';
import { givenExample, mediaExample, schemaExample } from '#lib/catalog/schema-example.ts';
import { schemaFacts, shown } from '#lib/catalog/schema-facts.ts';
import { typeName } from '#lib/catalog/schema-tree.ts';
import { canBeSet } from './header-names.ts';
import { encode, type ValueKind } from './serialize.ts';

export type FieldKind = ValueKind | 'choice' | 'integer' | 'number' | 'boolean';

/** One field of the tester's form. */
export type TesterField = {
  place: 'path' | 'query' | 'header';
  name: string;
  required: boolean;
  description: string;
  type: string;
  facts: string[];
  kind: FieldKind;
  /** For a choice. */
  options: string[];
  /** The initial value: an example if the parameter is required, otherwise empty. */
  initial: string;
  placeholder: string;
};

export type TesterForm = {
  fields: TesterField[];
  accepts: string[];
  body: {
    required: boolean;
    description: string;
    contentTypes: string[];
    examples: Record<string, string>;
  } | null;
  /** Media types that can't be typed in a text field. */
  unsupported: string[];
};

const EXAMPLE_MAX = 50_000;
const OPTIONS_MAX = 300;
const isJson = (contentType: string) => /[/+]json\b/i.test(contentType);

/** The form for an operation, with examples. */
export function testerForm(root: Json, shape: OperationShape): TesterForm {
  const { contentTypes, unsupported } = bodyTypes(shape);
  return {
    fields: shape.parameters
      .filter((parameter) => parameter.in !== 'header' || canBeSet(parameter.name))
      .map((parameter) => fieldOf(root, parameter)),
    accepts: acceptsOf(shape),
    body:
      shape.body && contentTypes.length > 0
        ? {
            required: shape.body.required,
            description: shape.body.description,
            contentTypes,
            examples: Object.fromEntries(contentTypes.map((type) => [type, bodyExample(root, shape, type)])),
          }
        : null,
    unsupported,
  };
}

function fieldOf(root: Json, parameter: OperationParameter): TesterField {
  const schema = mergeSchema(root, parameter.schema) ?? {};
  const kind = kindOf(root, parameter);
  const given = parameter.example ?? givenExample(schema);
  const made =
    given ?? schemaExample(root, parameter.schema ?? {}, { for: 'request', properties: 'required' });
  const example = asText(kind, made);
  const options =
    kind === 'choice' ? (schema.enum as unknown[]).filter((value) => value !== null).map(shown) : []; // A choice has an enum.
  return {
    place: parameter.in,
    name: parameter.name,
    required: parameter.required,
    description: parameter.description,
    type: typeName(root, parameter.schema),
    facts: schemaFacts(schema).facts,
    kind,
    options: kind === 'boolean' ? ['true', 'false'] : options,
    // Generated text would be sent by mistake.
    initial: parameter.required && (given !== undefined || made !== 'string') ? example : '',
    placeholder: given === undefined ? '' : example.split('\n')[0]!.slice(0, 100),
  };
}

/** The kind of field for a parameter, and how its value is validated and sent. */
export function kindOf(root: Json, parameter: OperationParameter): FieldKind {
  if (parameter.contentType) return isJson(parameter.contentType) ? 'json' : 'text';
  const schema = mergeSchema(root, parameter.schema) ?? {};
  if (Array.isArray(schema.enum) && schema.enum.length > 0 && schema.enum.length <= OPTIONS_MAX)
    return 'choice';
  const { types } = typesOf(schema);
  if (types.length !== 1) return 'text';
  switch (types[0]) {
    case 'array':
      return 'list';
    case 'object':
      return 'map';
    case 'integer':
    case 'number':
    case 'boolean':
      return types[0];
    default:
      return 'text';
  }
}

function asText(kind: FieldKind, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (kind === 'list') return (Array.isArray(value) ? value : [value]).map(shown).join('\n');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Body media types that can be typed. A wildcard offers JSON and plain text. */
export function bodyTypes(shape: OperationShape): { contentTypes: string[]; unsupported: string[] } {
  const contentTypes = new Set<string>();
  const unsupported: string[] = [];
  for (const { contentType } of shape.body?.media ?? []) {
    if (contentType === '*/*') for (const type of ['application/json', 'text/plain']) contentTypes.add(type);
    else if (contentType === 'text/*') contentTypes.add('text/plain');
    else if (
      /^multipart\//i.test(contentType) ||
      !/^[\w.+-]+\/[\w.+-]+(?:\s*;[\x20-\x7e]*)?$/.test(contentType)
    )
      unsupported.push(contentType);
    else contentTypes.add(contentType);
  }
  return { contentTypes: [...contentTypes], unsupported };
}

/** Values for Accept: the responses' media types, and any type. */
export function acceptsOf(shape: OperationShape): string[] {
  const types = shape.responses
    .flatMap(({ media }) => media.map(({ contentType }) => contentType))
    .filter((type) => /^[\w.+*-]+\/[\w.+*-]+(?:\s*;[\x20-\x7e]*)?$/.test(type));
  return [...new Set([...types, '*/*'])];
}

function bodyExample(root: Json, shape: OperationShape, contentType: string): string {
  const list = shape.body?.media ?? [];
  const media =
    list.find((one) => one.contentType === contentType) ?? list.find((one) => one.contentType.endsWith('/*'));
  const value = mediaExample(root, media?.media, { for: 'request', properties: 'required' });
  if (value === null || value === undefined) return '';
  const text = isJson(contentType)
    ? JSON.stringify(value, null, 2)
    : contentType.startsWith('application/x-www-form-urlencoded')
      ? formText(value)
      : typeof value === 'string'
        ? value
        : '';
  return text.length > EXAMPLE_MAX ? '' : text;
}

const formText = (value: unknown): string =>
  typeof value === 'object'
    ? Object.entries(Object(value))
        .map(
          ([key, inner]) =>
            `${encode(key)}=${encode(typeof inner === 'string' ? inner : JSON.stringify(inner))}`,
        )
        .join('&')
    : String(value);
