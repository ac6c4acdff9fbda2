import { expect, test } from 'vitest';
import type { Json } from './json-value.ts';
import { type SchemaNode, schemaTree } from './schema-tree.ts';

const tree = (schema: unknown, schemas: Json = {}, options = { nodes: 100, depth: 6 }) =>
  schemaTree({ components: { schemas } }, schema, options);
const count = (node: SchemaNode): number =>
  (node.children ?? []).reduce((sum, child) => sum + 1 + count(child), 0);
const City = {
  type: 'object',
  description: 'A place.',
  required: ['name'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 60 },
    size: { type: ['integer', 'null'], minimum: 0, default: 0 },
    kind: { enum: ['port', 'other', null] },
    neighbours: { type: 'array', items: { $ref: '#/components/schemas/City' } },
  },
};

test('properties have types, constraints, values and required flags; a circular reference names its schema', () => {
  expect(tree({ $ref: '#/components/schemas/City' }, { City })).toEqual({
    name: '',
    type: 'object',
    model: 'City',
    description: 'A place.',
    children: [
      { name: 'name', type: 'string', required: true, facts: ['1 to 60 characters'] },
      { name: 'size', type: 'integer or null', facts: ['at least 0', 'default 0'] },
      { name: 'kind', type: 'any', values: ['port', 'other', 'null'] },
      { name: 'neighbours', type: 'array of object', model: 'City' },
    ],
  });
});

test('an array shows the properties of its items', () => {
  const { type, children } = tree({ type: 'array', items: { properties: { a: { type: 'boolean' } } } });
  expect({ type, children }).toEqual({
    type: 'array of object',
    children: [{ name: 'a', type: 'boolean' }],
  });
});

test('alternatives are named by title, schema or number; null isn’t one of them', () => {
  const schema = {
    oneOf: [
      { type: 'null' },
      { $ref: '#/components/schemas/City' },
      { title: 'Text', type: 'string' },
      { type: 'integer' },
    ],
  };
  const node = tree(schema, { City });
  expect(node).toMatchObject({ type: 'one of or null', choice: 'One of' });
  expect(node.children?.map(({ name, type }) => [name, type])).toEqual([
    ['City', 'object'],
    ['Text', 'string'],
    ['Option 3', 'integer'],
  ]);
});

test('a map has one child for any name', () => {
  expect(tree({ additionalProperties: { type: 'integer' } }).children).toEqual([
    { name: '{any name}', type: 'integer' },
  ]);
});

test('the rows near the top are shown first, and omitted ones are counted', () => {
  const wide = (depth: number): Json => ({
    type: 'object',
    properties: Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [`p${i}`, depth > 0 ? wide(depth - 1) : { type: 'string' }]),
    ),
  });
  const node = tree(wide(4), {}, { nodes: 25, depth: 6 });
  expect(count(node)).toBe(25);
  expect(node.children).toHaveLength(10);
  expect(node.children?.[1]?.left).toBe(5);
  expect(node.children?.[9]?.left).toBe(10);
});

test('the depth is limited', () => {
  const node = tree(
    { $ref: '#/components/schemas/A' },
    {
      A: { properties: { b: { $ref: '#/components/schemas/B' } } },
      B: { properties: { c: { type: 'string' } } },
    },
    { nodes: 100, depth: 1 },
  );
  expect(node.children).toEqual([{ name: 'b', type: 'object', model: 'B' }]);
});

test.each([
  [null],
  [7],
  ['x'],
  [{ $ref: '#/no' }],
  [{ properties: 7, items: 'x', required: 'no' }],
  [true],
  [false],
])('an invalid schema still gives a tree: %j', (schema) => {
  expect(tree(schema).name).toBe('');
});

test('circular references through allOf, items and alternatives end', () => {
  const schemas = {
    A: { allOf: [{ $ref: '#/components/schemas/A' }, { $ref: '#/components/schemas/B' }] },
    B: { type: 'array', items: { $ref: '#/components/schemas/B' } },
    C: { oneOf: [{ $ref: '#/components/schemas/C' }] },
  };
  const byName = (name: string) => tree({ $ref: `#/components/schemas/${name}` }, schemas);
  expect([byName('A'), byName('B'), byName('C')]).toEqual([
    { name: '', model: 'A', type: 'array of array of array of array of array' },
    { name: '', model: 'B', type: 'array of array of array of array of array' },
    { name: '', model: 'C', type: 'any' },
  ]);
});
