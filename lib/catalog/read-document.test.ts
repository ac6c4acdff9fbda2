import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readDocument } from './read-document.ts';

const json = (paths: unknown, more: Record<string, unknown> = {}) =>
  JSON.stringify({ openapi: '3.1.0', info: { title: 'Weather', version: '1' }, paths, ...more });

function read(source: string) {
  const result = readDocument(source);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.document;
}
function problems(source: string) {
  const result = readDocument(source);
  if (result.ok) throw new Error('the document was accepted');
  return result.problems;
}

const yaml = `
openapi: 3.0.3
info:
  title: " Weather "
  version: "2.1"
  description: Forecasts.
paths:
  x-note: not a path
  /cities/{city}:
    parameters:
      - { name: city, in: path, required: true, schema: { type: string, example: Berlin } }
      - { name: units, in: query, description: of the path }
    get:
      operationId: readCity
      summary: One city
      description: All about it.
      tags: [Cities, Other]
      deprecated: true
      parameters:
        - { name: units, in: query, description: of the operation }
      responses:
        "200": { description: Found }
    put:
      requestBody: { $ref: "#/components/requestBodies/City" }
components:
  requestBodies:
    City: { content: { application/json: {} } }
`;

test('a YAML document is parsed completely', () => {
  const { operations, ...head } = read(yaml);
  expect(head).toEqual({ openapi: '3.0.3', title: 'Weather', version: '2.1', description: 'Forecasts.' });
  expect(operations).toEqual([
    {
      method: 'GET',
      path: '/cities/{city}',
      operationId: 'readCity',
      summary: 'One city',
      description: 'All about it.',
      tag: 'Cities',
      deprecated: true,
      parameters: [
        {
          name: 'city',
          in: 'path',
          required: true,
          description: '',
          schema: { type: 'string', example: 'Berlin' },
          example: 'Berlin',
        },
        {
          name: 'units',
          in: 'query',
          required: false,
          description: 'of the operation',
          schema: null,
          example: null,
        },
      ],
      requestBody: null,
      responses: { '200': { description: 'Found' } },
    },
    expect.objectContaining({
      method: 'PUT',
      requestBody: { content: { 'application/json': {} } },
      responses: {},
    }),
  ]);
});

test('JSON gives the same result as YAML, also with a byte order mark', () => {
  const source = JSON.stringify({
    openapi: '3.0.3',
    info: { title: ' Weather ', version: '2.1', description: 'Forecasts.' },
    paths: { '/a': { get: { responses: {} } } },
  });
  const fromYaml = read(source.replace('{"openapi"', '# a comment makes it YAML\n{"openapi"'));
  expect(read(source)).toEqual(fromYaml);
  expect(read(`\uFEFF${source}`)).toEqual(fromYaml);
});

test("the sample's document is accepted", () => {
  expect(read(readFileSync('sample/openapi.yaml', 'utf8')).operations.length).toBeGreaterThan(0);
});

test.each(['3.0.0', '3.0.4', '3.1.0', '3.1.1'])('OpenAPI %s is accepted', (openapi) => {
  expect(read(json({ '/a': { get: {} } }, { openapi })).openapi).toBe(openapi);
});

test.each([
  ['the parameter itself', { example: 'a', examples: { x: { value: 'b' } }, schema: { example: 'c' } }, 'a'],
  ['its named examples', { examples: { x: { value: 'b' } }, schema: { example: 'c' } }, 'b'],
  ['the schema', { schema: { example: 'c', default: 'd' } }, 'c'],
  ['the default', { schema: { default: 'd', enum: ['e'] } }, 'd'],
  ['the enumeration', { schema: { enum: ['e'], examples: ['f'] } }, 'e'],
  ["the schema's examples in 3.1", { schema: { examples: ['f'] } }, 'f'],
  ['nowhere', { schema: { type: 'string' } }, null],
])('an example is taken from %s', (_where, parameter, example) => {
  const source = json({ '/a': { get: { parameters: [{ name: 'p', in: 'query', ...parameter }] } } });
  expect(read(source).operations[0]?.parameters[0]?.example).toBe(example);
});

test('references to path items, parameters and schemas are resolved, also through other references', () => {
  const source = json(
    { '/a': { $ref: '#/components/pathItems/A' } },
    {
      components: {
        pathItems: { A: { get: { parameters: [{ $ref: '#/components/parameters/one' }] } } },
        parameters: {
          one: { $ref: '#/components/parameters/two~1~0%20' },
          'two/~ ': { name: 'p', in: 'query', schema: { $ref: '#/components/schemas/S' } },
        },
        schemas: { S: { type: 'integer', default: 7 } },
      },
    },
  );
  expect(read(source).operations[0]?.parameters).toMatchObject([
    { name: 'p', schema: { type: 'integer' }, example: 7 },
  ]);
});

test('circular schemas are accepted and not expanded', () => {
  const node = { type: 'object', properties: { next: { $ref: '#/components/schemas/Node' } } };
  const responses = {
    '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/Node' } } } },
  };
  const parameters = [{ name: 'p', in: 'query', schema: { $ref: '#/components/schemas/Node' } }];
  const document = read(
    json({ '/a': { get: { parameters, responses } } }, { components: { schemas: { Node: node } } }),
  );

  expect(document.operations[0]).toMatchObject({ parameters: [{ schema: node }], responses });
  expect(JSON.stringify(document).length).toBeLessThan(1_000);
});

const get = (operation: unknown) => json({ '/a': { get: operation } });
const parameter = (given: unknown, more = {}) => json({ '/a': { get: { parameters: [given] } } }, more);

test.each([
  ['nothing', '', '#', 'This isn’t an OpenAPI document'],
  ['a list', '[]', '#', 'This isn’t an OpenAPI document'],
  ['a text', 'hello', '#', 'This isn’t an OpenAPI document'],
  ['Swagger 2', '{"swagger":"2.0"}', '#/swagger', 'Swagger 2.0 isn’t supported'],
  ['no version', '{}', '#/openapi', 'missing: OpenAPI 3.0 or 3.1 is expected'],
  ['a later version', json({}, { openapi: '3.2.0' }), '#/openapi', '"3.2.0": OpenAPI 3.0 or 3.1'],
  ['an ancient version', json({}, { openapi: '2.0.0' }), '#/openapi', '"2.0.0"'],
  ['a version that is a number', 'openapi: 3.1', '#/openapi', '"openapi" is 3.1'],
  ['no info', '{"openapi":"3.1.0"}', '#/info/title', 'no title'],
  ['a blank title', json({}, { info: { title: ' ' } }), '#/info/title', 'no title'],
  ['no paths', json(undefined), '#/paths', 'no paths'],
  ['paths that are a list', json([]), '#/paths', 'no paths'],
  ['empty paths', json({}), '#/paths', 'No path has an operation'],
  ['a path without operations', json({ '/a': { summary: 'x' } }), '#/paths', 'No path has an operation'],
  ['a path that is null', json({ '/a/b': null }), '#/paths/~1a~1b', 'must be an object'],
  ['an operation that is null', get(null), '#/paths/~1a/get', 'An operation must be an object'],
  ['a path without a slash', json({ a: { get: {} } }), '#/paths/a', 'must begin with a slash'],
  ['a query in the path', json({ '/a?b': { get: {} } }), '#/paths/~1a?b', 'invalid character'],
  ['two slashes', json({ '/a//b': { get: {} } }), '#/paths/~1a~1~1b', 'invalid character'],
  ['an unclosed brace', json({ '/{a': { get: {} } }), '#/paths/~1{a', 'don’t match'],
  ['a slash in braces', json({ '/{a/b}': { get: {} } }), '#/paths/~1{a~1b}', 'don’t match'],
  ['adjacent parameters', json({ '/{a}{b}': { get: {} } }), '#/paths/~1{a}{b}', 'are adjacent'],
  [
    'the same path with another parameter name',
    json({ '/a/{x}': { get: {} }, '/a/{y}': { get: {} } }),
    '#/paths/~1a~1{y}/get',
    'This conflicts with GET /a/{x}',
  ],
  [
    'a parameter that doesn’t exist',
    parameter({ $ref: '#/components/parameters/none' }),
    '#/paths/~1a/get/parameters/0',
    '"#/components/parameters/none" doesn’t exist',
  ],
  [
    'a schema that doesn’t exist',
    parameter({ name: 'p', in: 'query', schema: { $ref: '#/none' } }),
    '#/paths/~1a/get/parameters/0/schema',
    '"#/none" doesn’t exist',
  ],
  [
    'a path item that doesn’t exist',
    json({ '/a': { $ref: '#/none' } }),
    '#/paths/~1a',
    '"#/none" doesn’t exist',
  ],
  [
    'a body that doesn’t exist',
    get({ requestBody: { $ref: '#/none' } }),
    '#/paths/~1a/get/requestBody',
    'doesn’t exist',
  ],
  [
    'a reference to an inherited property',
    get({ requestBody: { $ref: '#/constructor' } }),
    '#/paths/~1a/get/requestBody',
    'doesn’t exist',
  ],
  [
    'a reference to itself',
    parameter(
      { $ref: '#/components/parameters/p' },
      { components: { parameters: { p: { $ref: '#/components/parameters/p' } } } },
    ),
    '#/paths/~1a/get/parameters/0',
    'doesn’t exist',
  ],
  [
    'another file',
    parameter({ $ref: 'other.yaml#/p' }),
    '#/paths/~1a/get/parameters/0',
    'outside this document',
  ],
  [
    'another site',
    parameter({ $ref: 'http://evil.test/p' }),
    '#/paths/~1a/get/parameters/0',
    'outside this document',
  ],
  ['an anchor', parameter({ $ref: '#p' }), '#/paths/~1a/get/parameters/0', '"#p" is an anchor'],
  ['a NUL', get({ summary: 'a\0b' }), '#/paths/~1a/get', 'contains NUL'],
  ['a NUL in the title', json({ '/a': { get: {} } }, { info: { title: 'a\0b' } }), '#/info', 'contains NUL'],
  [
    'an unpaired surrogate',
    get({ responses: { '200': { description: 'a \\\\ and \ud800' } } }),
    '#/paths/~1a/get',
    'unpaired surrogate',
  ],
])('%s is rejected with its location and the reason', (_what, source, place, reason) => {
  expect(problems(source)).toEqual([{ place, reason: expect.stringContaining(reason) }]);
});

test('text about escapes isn’t a NUL', () => {
  expect(read(get({ summary: 'write \\u0000 and \\\\u0000' })).operations[0]?.summary).toContain('u0000');
});

test.each([
  ['an unclosed bracket', 'openapi: 3.1.0\ninfo: [a\npaths: {}\n', 'line 3, column 1'],
  ['a duplicate key', 'openapi: 3.1.0\npaths:\n  /a: {}\n  /a: {}\n', 'line 4, column 3'],
  ['a tab', 'openapi: 3.1.0\ninfo:\n\ttitle: x\n', 'line 3, column 1'],
  ['truncated JSON', '{"openapi": "3.1.0",\n "info": {', 'line 2, column 11'],
  ['two documents', 'a: 1\n---\nb: 2\n', 'line 2, column 1'],
])('invalid YAML (%s) is rejected with line and column', (_what, source, place) => {
  const [problem] = problems(source);
  expect(problem?.place).toBe(place);
  expect(problem?.reason).not.toBe('');
});

test('unknown aliases and aliases that expand too much are rejected', () => {
  expect(problems('a: *nobody')[0]?.reason).toContain('nobody');
  const laughs = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (const [own, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg'].map((pair) => [...pair]))
    laughs.push(`${own}: &${own} [${Array.from({ length: 10 }, () => `*${before}`).join(', ')}]`);
  expect(problems(laughs.join('\n'))[0]?.reason).toContain('Excessive alias count');
});

test('a YAML anchor that contains itself is rejected', () => {
  const source =
    'openapi: 3.1.0\ninfo: {title: T}\npaths:\n  /a:\n    get:\n      responses: &r {"200": *r}\n';
  expect(problems(source)).toEqual([
    { place: '#/paths/~1a/get', reason: expect.stringContaining('contains itself') },
  ]);
});

test('all problems are reported together', () => {
  const places = problems(json({ a: { get: {} }, '/b': { get: null }, '/{c': { get: {} } })).map(
    ({ place }) => place,
  );
  expect(places).toEqual(['#/paths/a', '#/paths/~1b/get', '#/paths/~1{c']);
});
