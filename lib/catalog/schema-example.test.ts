import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isObject, type Json } from './json-value.ts';
import { parseDocument } from './parse-document.ts';
import { type ExampleOptions, mediaExample, schemaExample } from './schema-example.ts';

const request: ExampleOptions = { for: 'request', properties: 'all' };
const make = (schema: unknown, schemas: Json = {}, options = request) =>
  schemaExample({ components: { schemas } }, schema, options);

function sample(): Json {
  const parsed = parseDocument(readFileSync('sample/openapi.yaml', 'utf8'));
  if (!parsed.ok || !isObject(parsed.value)) throw new Error('The sample document can’t be parsed.');
  return parsed.value;
}

test.each([
  ['its own example wins', { type: 'string', example: 'PT', default: 'ES', enum: ['FR'] }, 'PT'],
  ['the first of several examples', { type: 'integer', examples: [7, 8] }, 7],
  ['a constant', { const: 'fixed' }, 'fixed'],
  ['the default before the enum', { enum: ['a', 'b'], default: 'b' }, 'b'],
  ['the first value of an enum that is not null', { enum: [null, 'a'] }, 'a'],
  ['false is an example too', { type: 'boolean', example: false }, false],
  ['a date', { type: 'string', format: 'date' }, '2026-01-31'],
  ['a uuid', { type: 'string', format: 'uuid' }, '3fa85f64-5717-4562-b3fc-2c963f66afa6'],
  ['a text with the minimum length', { type: 'string', minLength: 8 }, 'stringst'],
  ['a text within the maximum length', { type: 'string', maxLength: 3 }, 'str'],
  ['the minimum', { type: 'integer', minimum: 5 }, 5],
  ['above an exclusive minimum in 3.0', { type: 'integer', minimum: 5, exclusiveMinimum: true }, 6],
  ['above an exclusive minimum in 3.1', { type: 'integer', exclusiveMinimum: 5 }, 6],
  ['below a small maximum', { type: 'number', maximum: -2 }, -2],
  ['a multiple', { type: 'integer', minimum: 5, multipleOf: 4 }, 8],
  ['nullable in 3.1', { type: ['null', 'integer'] }, 1],
  ['only null', { type: 'null' }, null],
  ['an array has an item', { type: 'array', items: { type: 'string' } }, ['string']],
  ['as many items as needed', { type: 'array', minItems: 2, items: { type: 'boolean' } }, [true, true]],
  ['at most three items', { type: 'array', minItems: 9e9, items: { type: 'boolean' } }, [true, true, true]],
  ['a tuple', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }] }, ['string', 1]],
  ['an array without an item type', { type: 'array' }, []],
  ['a map', { type: 'object', additionalProperties: { type: 'integer' } }, { key: 1 }],
  ['an empty schema', {}, {}],
  ['the boolean schema true', true, {}],
])('%s', (_name, schema, expected) => {
  expect(make(schema)).toEqual(expected);
});

test.each([
  [null],
  [undefined],
  [false],
  ['text'],
  [7],
  [[]],
  [{ type: 7 }],
  [{ properties: [], type: 'object' }],
  [{ $ref: '#/nowhere' }],
  [{ $ref: 'http://elsewhere/x' }],
  [{ allOf: 'x' }],
  [{ oneOf: [] }],
  [{ enum: [] }],
  [{ type: 'array', items: null }],
])('an invalid schema doesn’t throw: %j', (schema) => {
  expect(() => JSON.stringify(make(schema))).not.toThrow();
});

test('objects nest, and requests omit read-only properties', () => {
  const schema = {
    required: ['name'],
    properties: {
      id: { type: 'integer', readOnly: true },
      name: { type: 'string' },
      secret: { type: 'string', writeOnly: true },
      address: { properties: { city: { type: 'string', example: 'Lisbon' } } },
    },
  };
  expect(make(schema)).toEqual({ name: 'string', secret: 'string', address: { city: 'Lisbon' } });
  expect(make(schema, {}, { for: 'response', properties: 'all' })).toEqual({
    id: 1,
    name: 'string',
    address: { city: 'Lisbon' },
  });
  expect(make(schema, {}, { for: 'request', properties: 'required' })).toEqual({ name: 'string' });
});

test('allOf is merged, oneOf uses the first option, and anyOf with only required names changes nothing', () => {
  const Pet = { type: 'object', required: ['kind'], properties: { kind: { enum: ['dog'] } } };
  const Dog = {
    allOf: [{ $ref: '#/components/schemas/Pet' }, { properties: { bark: { type: 'boolean' } } }],
  };
  expect(make({ $ref: '#/components/schemas/Dog' }, { Pet, Dog })).toEqual({ kind: 'dog', bark: true });
  expect(make({ oneOf: [{ type: 'null' }, { $ref: '#/components/schemas/Pet' }] }, { Pet })).toEqual({
    kind: 'dog',
  });
  const either = { ...Pet, anyOf: [{ required: ['kind'] }, { required: ['other'] }] };
  expect(make(either)).toEqual({ kind: 'dog' });
});

test('circular references end as empty lists and absent properties', () => {
  const Node = {
    type: 'object',
    properties: {
      name: { type: 'string' },
      parent: { $ref: '#/components/schemas/Node', description: 'above' },
      children: { type: 'array', items: { $ref: '#/components/schemas/Node' } },
    },
  };
  expect(make({ $ref: '#/components/schemas/Node' }, { Node })).toEqual({ name: 'string', children: [] });
  const Self = { $ref: '#/components/schemas/Self' };
  expect(make(Self, { Self })).toBeNull();
  const Twice = { allOf: [{ $ref: '#/components/schemas/Twice' }, { $ref: '#/components/schemas/Twice' }] };
  expect(() => make({ $ref: '#/components/schemas/Twice' }, { Twice })).not.toThrow();
  const Either = { oneOf: [{ $ref: '#/components/schemas/Either' }, { type: 'string' }] };
  expect(make({ $ref: '#/components/schemas/Either' }, { Either })).toBe('string');
});

test('a schema that expands too much is truncated', () => {
  const schemas: Json = {};
  for (let i = 0; i < 30; i++)
    schemas[`S${i}`] = {
      properties: Object.fromEntries(
        Array.from({ length: 30 }, (_, p) => [
          `p${p}`,
          { $ref: `#/components/schemas/S${(i + p + 1) % 30}` },
        ]),
      ),
    };
  const text = JSON.stringify(make({ $ref: '#/components/schemas/S0' }, schemas));
  expect(text.length).toBeLessThan(20_000);
});

test('a property named __proto__ is an ordinary property', () => {
  const schema = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}');
  const value = make(schema);
  expect(Object.keys(value as object)).toEqual(['__proto__']); // Created above.
});

test('a media type uses its own example, a shared one, or one from its schema', () => {
  const root = { components: { examples: { Shared: { value: { a: 1 } } } } };
  expect(mediaExample(root, { example: 'x', schema: { type: 'integer' } }, request)).toBe('x');
  expect(
    mediaExample(root, { examples: { one: { $ref: '#/components/examples/Shared' } } }, request),
  ).toEqual({
    a: 1,
  });
  expect(mediaExample(root, { schema: { type: 'integer' } }, request)).toBe(1);
  expect(mediaExample(root, 'nonsense', request)).toBeNull();
});

test('the sample document', () => {
  const root = sample();
  const schema = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  expect(schemaExample(root, schema('City'), request)).toEqual({
    id: 'string',
    name: 'string',
    country: 'string',
    neighbours: [],
  });
  expect(schemaExample(root, schema('Observation'), { for: 'request', properties: 'required' })).toEqual({
    city: 'string',
    temperature: 1,
  });
});
