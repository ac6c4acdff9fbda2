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
  expect(head).toEqual({
    openapi: '3.0.3',
    title: 'Weather',
    version: '2.1',
    description: 'Forecasts.',
    sameRoute: new Map(),
  });
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

test.each(['3.0.0', '3.0.4', '3.1.0', '3.1.1', '3.2.0'])('OpenAPI %s is accepted', (openapi) => {
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
  ['Swagger 1', '{"swagger":"1.2"}', '#/swagger', 'Swagger 1.2 isn’t supported'],
  ['no version', '{}', '#/openapi', 'missing. Use OpenAPI 3.0, 3.1 or 3.2'],
  ['a later version', json({}, { openapi: '4.0.0' }), '#/openapi', '"4.0.0". Use OpenAPI 3.0'],
  ['an ancient version', json({}, { openapi: '2.0.0' }), '#/openapi', '"2.0.0"'],
  ['no paths', json(undefined), '#/paths', 'no paths'],
  ['paths that are a list', json([]), '#/paths', 'no paths'],
  ['empty paths', json({}), '#/paths', 'No path has an operation'],
  ['a path without operations', json({ '/a': { summary: 'x' } }), '#/paths', 'No path has an operation'],
  ['a NUL in the title', json({ '/a': { get: {} } }, { info: { title: 'a\0b' } }), '#/info', 'contains NUL'],
])('a document with %s is rejected with the location and the reason', (_what, source, place, reason) => {
  expect(problems(source)).toEqual([{ place, reason: expect.stringContaining(reason) }]);
});

test.each([
  ['a path that is null', { '/a/b': null }, '#/paths/~1a~1b', 'isn’t an object'],
  ['an operation that is null', { '/a': { get: null } }, '#/paths/~1a/get', 'isn’t an object'],
  ['an empty path', { '': { get: {} } }, '#/paths//get', 'The path is empty'],
  ['a path without a slash', { a: { get: {} } }, '#/paths/a/get', 'doesn’t begin with a slash'],
  ['two slashes', { '/a//b': { get: {} } }, '#/paths/~1a~1~1b/get', 'two slashes in a row'],
  ['a dot segment', { '/a/../b': { get: {} } }, '#/paths/~1a~1..~1b/get', '"." or ".."'],
  ['an unclosed brace', { '/{a': { get: {} } }, '#/paths/~1{a/get', 'braces don’t match'],
  ['a backslash', { '/a\\b': { get: {} } }, '#/paths/~1a\\b/get', 'a backslash'],
  ['two spans', { '/{+a}/x/{+b}': { get: {} } }, '#/paths/~1{+a}~1x~1{+b}/get', 'span several segments'],
  ['a TRACE', { '/a': { trace: {} } }, '#/paths/~1a/trace', 'TRACE isn’t routed'],
  [
    'a custom method',
    { '/a': { additionalOperations: { LINK: {} } } },
    '#/paths/~1a/additionalOperations/LINK',
    'LINK isn’t routed',
  ],
  ['a path item that doesn’t exist', { '/a': { $ref: '#/none' } }, '#/paths/~1a', '"#/none" doesn’t exist'],
  [
    'an operation that doesn’t exist',
    { '/a': { get: { $ref: '#/none' } } },
    '#/paths/~1a/get',
    '"#/none" doesn’t exist',
  ],
  [
    'an operation in a file that isn’t there',
    { '/a': { get: { $ref: 'a.yml' } } },
    '#/paths/~1a/get',
    '"a.yml" isn’t among the imported files',
  ],
  ['a NUL', { '/a': { get: { summary: 'a\0b' } } }, '#/paths/~1a/get', 'contains NUL'],
  [
    'an unpaired surrogate',
    { '/a': { get: { responses: { '200': { description: 'a \\\\ and \ud800' } } } } },
    '#/paths/~1a/get',
    'unpaired surrogate',
  ],
])('%s is left out with its location and reason, and the rest is read', (_what, paths, place, reason) => {
  const result = readDocument(json({ ...paths, '/ok': { get: {} } }));
  expect(result).toMatchObject({
    ok: true,
    document: { operations: [{ path: '/ok' }] },
    skipped: [{ place, reason: expect.stringContaining(reason) }],
  });
  expect(problems(json(paths))).toEqual([{ place, reason: expect.stringContaining(reason) }]);
});

const notesOf = (source: string) => {
  const result = readDocument(source);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.notes;
};

test.each([
  [
    'a parameter',
    parameter({ $ref: '#/components/parameters/none' }),
    '#/paths/~1a/get/parameters/0',
    '"#/components/parameters/none" doesn’t exist',
  ],
  [
    'a schema',
    parameter({ name: 'p', in: 'query', schema: { $ref: '#/none' } }),
    '#/paths/~1a/get/parameters/0/schema',
    '"#/none" doesn’t exist',
  ],
  ['a body', get({ requestBody: { $ref: '#/none' } }), '#/paths/~1a/get/requestBody', 'doesn’t exist'],
  [
    'the schema of a body',
    get({ requestBody: { content: { 'application/json': { schema: { $ref: 'thing.json' } } } } }),
    '#/paths/~1a/get/requestBody/content/application~1json/schema',
    '"thing.json" isn’t among the imported files',
  ],
  [
    'a response',
    get({ responses: { '200': { $ref: 'responses.yaml#/ok' } } }),
    '#/paths/~1a/get/responses/200',
    '"responses.yaml#/ok" isn’t among the imported files',
  ],
  [
    'an inherited property',
    get({ requestBody: { $ref: '#/constructor' } }),
    '#/paths/~1a/get/requestBody',
    'doesn’t exist',
  ],
  [
    'itself',
    parameter(
      { $ref: '#/components/parameters/p' },
      { components: { parameters: { p: { $ref: '#/components/parameters/p' } } } },
    ),
    '#/paths/~1a/get/parameters/0',
    'doesn’t exist',
  ],
  ['another site', parameter({ $ref: 'http://evil.test/p' }), '#/paths/~1a/get/parameters/0', 'isn’t among'],
  ['an anchor', parameter({ $ref: '#p' }), '#/paths/~1a/get/parameters/0', '"#p" is an anchor'],
])(
  'a reference to %s that leads nowhere is named, and its operation is read',
  (_what, source, place, reason) => {
    expect(read(source).operations).toHaveLength(1);
    expect(notesOf(source)).toEqual([{ topic: 'reference', place, reason: expect.stringContaining(reason) }]);
  },
);

test('a document without a title is read, and that is named', () => {
  for (const info of [undefined, { title: ' ' }]) {
    const source = json({ '/a': { get: {} } }, { info });
    expect(read(source).title).toBe('Untitled');
    expect(notesOf(source)).toMatchObject([{ topic: 'schema', place: '#/info/title' }]);
  }
});

test('an operation that is a reference is read from its target', () => {
  const source = json(
    { '/a': { get: { $ref: '#/components/x-operations/one' } } },
    { components: { 'x-operations': { one: { summary: 'One' } } } },
  );
  expect(read(source).operations).toMatchObject([{ method: 'GET', path: '/a', summary: 'One' }]);
});

test('OpenAPI 3.2’s QUERY is read', () => {
  expect(read(json({ '/search': { query: {} } }, { openapi: '3.2.0' })).operations).toMatchObject([
    { method: 'QUERY', path: '/search' },
  ]);
});

test('a path that differs only in parameter names is the same endpoint, with both operations', () => {
  const source = json({ '/a/{x}': { get: {} }, '/a/{y}': { get: {}, post: {} } });
  const document = read(source);
  expect(document.operations.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /a/{x}',
    'GET /a/{y}',
    'POST /a/{y}',
  ]);
  expect([...document.sameRoute]).toEqual([['GET /a/{y}', 'GET /a/{x}']]);
  expect(notesOf(source)).toMatchObject([
    { topic: 'route', place: '#/paths/~1a~1{x}/get', reason: expect.stringContaining('GET /a/{y}') },
  ]);
});

test.each([
  ['openapi: 3.0', '3.0', '1.0'],
  ['openapi: 3.1', '3.1', '1.0'],
  ['openapi: 3.0.3', '3.0.3', '1.10'],
])('versions without quotes are read as they are written: %s', (line, openapi, version) => {
  const document = read(`${line}\ninfo: {title: T, version: ${version}}\npaths: {/a: {get: {}}}\n`);
  expect(document).toMatchObject({ openapi, version });
});

test('a security scheme whose header never arrives is named', () => {
  const scheme = (name: string) => ({ type: 'apiKey', in: 'header', name });
  const source = json(
    { '/a': { get: {} } },
    { components: { securitySchemes: { k: scheme('X-Tenant-Token'), own: scheme('X-API-Key') } } },
  );
  expect(notesOf(source)).toEqual([
    {
      topic: 'header',
      place: '#/components/securitySchemes/own',
      reason: expect.stringContaining('The header X-API-Key of this security scheme isn’t forwarded'),
    },
  ]);
});

test('headers that never arrive, and servers that aren’t used, are named once each', () => {
  const header = (name: string, place = 'header') => ({ name, in: place });
  const parameters = [
    ...['X-API-Key', 'api_key', 'X-Request-ID', 'Authorization', 'Cookie', 'Stripe-Version', 'TE'].map(
      (name) => header(name),
    ),
    header('session', 'cookie'),
  ];
  const servers = [{ url: 'https://upload.example.com' }];
  const notes = notesOf(
    json({ '/h': { get: { parameters }, put: { parameters } }, '/s': { servers, get: {} } }),
  );
  const reasons = notes.map(({ reason }) => reason).join('\n');
  for (const name of ['X-API-Key', 'api_key', 'X-Request-ID', 'Authorization', 'Cookie', 'TE'])
    expect(reasons).toContain(`The header ${name} isn’t forwarded`);
  expect(reasons).toContain('The cookie "session" isn’t forwarded');
  expect(reasons).not.toContain('Stripe-Version');
  expect(reasons).toContain('https://upload.example.com');
  expect(notes).toHaveLength(8);
  expect(notes[0]).toMatchObject({ topic: 'header', place: '#/paths/~1h/get' });
  expect(notes[0]!.reason).toContain('2 operations');
});

test('text about escapes isn’t a NUL', () => {
  expect(read(get({ summary: 'write \\u0000 and \\\\u0000' })).operations[0]?.summary).toContain('u0000');
});

test.each([
  ['an unclosed bracket', 'openapi: 3.1.0\ninfo: [a\npaths: {}\n', 'line 3, column 1'],
  ['a tab', 'openapi: 3.1.0\ninfo:\n\ttitle: x\n', 'line 3, column 1'],
  ['truncated JSON', '{"openapi": "3.1.0",\n "info": {', 'line 2, column 11'],
  ['two documents', 'a: 1\n---\nb: 2\n', 'line 2, column 1'],
])('invalid YAML (%s) is rejected with line and column', (_what, source, place) => {
  const [problem] = problems(source);
  expect(problem?.place).toBe(place);
  expect(problem?.reason).not.toBe('');
});

test.each([
  [
    'JSON',
    '{"openapi":"3.1.0","info":{"title":"T","version":"1"},\n"paths":{"/a":{"get":{}},\n"/\\u0061":{"post":{}}}}',
    'line 2, column 10 and at line 3, column 1',
  ],
  [
    'YAML',
    'openapi: 3.1.0\ninfo: {title: T}\npaths:\n  /a: {get: {}}\n  "/a": {post: {}}\n',
    'line 4, column 3 and at line 5, column 4',
  ],
])('a key that occurs twice in %s is named with both places', (_format, source, places) => {
  expect(notesOf(source)).toEqual([
    {
      topic: 'duplicate',
      place: '#/paths/~1a',
      reason: `"/a" occurs twice: at ${places}. Only the last one is used.`,
    },
  ]);
  expect(read(source).operations).toMatchObject([{ method: 'POST', path: '/a' }]);
});

test('equal keys of different objects, and keys inside of strings, aren’t duplicates', () => {
  const source = json({
    '/a': { get: { summary: '{"a":1,"a":2}' }, put: { summary: 'x' } },
    '/b': { get: {} },
  });
  expect(notesOf(source)).toEqual([]);
});

test('many aliases are accepted, merge keys too', () => {
  const paths = Array.from({ length: 150 }, (_, i) => `  /p${i}:\n    <<: *t`).join('\n');
  const source = `x-t: &t\n  get: {summary: Same}\nopenapi: 3.0.3\ninfo: {title: T}\npaths:\n${paths}\n`;
  expect(read(source).operations).toHaveLength(150);
});

test('unknown aliases and aliases that expand too much are rejected', () => {
  expect(problems('a: *nobody')[0]?.reason).toContain('nobody');
  const laughs = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (const [own, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg'].map((pair) => [...pair]))
    laughs.push(`${own}: &${own} [${Array.from({ length: 10 }, () => `*${before}`).join(', ')}]`);
  expect(problems(laughs.join('\n'))[0]?.reason).toContain('expand to more than 256 MB');
});

test('a YAML anchor that contains itself is rejected', () => {
  const source =
    'openapi: 3.1.0\ninfo: {title: T}\npaths:\n  /a:\n    get:\n      responses: &r {"200": *r}\n';
  expect(problems(source)).toEqual([{ place: '#', reason: expect.stringContaining('contains itself') }]);
});

test('a document that is nested too deeply is rejected', () => {
  expect(problems(`a: ${'['.repeat(5_000)}${']'.repeat(5_000)}`)[0]?.reason).toMatch(/maxDepth|deep/);
});

test('custom tags are read as if they weren’t there', () => {
  const source = 'openapi: 3.1.0\ninfo: {title: !Sub T}\npaths: {/a: {get: !Op {tags: !List [a]}}}\n';
  expect(read(source)).toMatchObject({ title: 'T', operations: [{ tag: 'a' }] });
});
