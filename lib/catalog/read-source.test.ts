import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readSource } from './read-source.ts';

const file = (name: string, content: string | Uint8Array) => ({
  name,
  bytes: typeof content === 'string' ? Buffer.from(content) : content,
});
const small = 'openapi: 3.0.3\ninfo: {title: Straße, version: "1"}\npaths: {/a: {get: {}}}\n';

async function read(source: Parameters<typeof readSource>[0]) {
  const result = await readSource(source);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result;
}

test.each([
  ['UTF-8', Buffer.from(small)],
  ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${small}`)],
  ['UTF-16 little-endian with a byte order mark', Buffer.from(`\uFEFF${small}`, 'utf16le')],
  ['UTF-16 big-endian with a byte order mark', Buffer.from(`\uFEFF${small}`, 'utf16le').swap16()],
  ['UTF-16 without a byte order mark', Buffer.from(small, 'utf16le')],
])('%s is read', async (_encoding, bytes) => {
  expect((await read({ files: [file('a.yaml', bytes)] })).document.title).toBe('Straße');
});

test('another encoding is rejected with the line', async () => {
  expect(await readSource({ files: [file('a.yaml', Buffer.from(small, 'latin1'))] })).toEqual({
    ok: false,
    problems: [{ place: 'a.yaml', reason: 'Line 2 isn’t valid UTF-8. Save the file as UTF-8.' }],
  });
});

/** Folders, JSON and YAML, references that go in a circle, and one file that isn't there. */
const split = [
  file(
    'api/openapi.yaml',
    `openapi: 3.0.3
info: { title: Split, version: '1' }
paths:
  /a:
    get: { $ref: 'paths/a.yml' }
  /b:
    post:
      requestBody: { content: { application/json: { schema: { $ref: 'models/thing.json' } } } }
      responses: { '200': { $ref: 'responses.yaml#/ok' } }
  /c: { $ref: 'paths/c.yml#/item~1c' }
  /d:
    get: { $ref: 'paths/none.yml' }
  /e:
    get: { responses: { '200': { $ref: 'responses.yaml#/none' } } }
`,
  ),
  file('api/paths/a.yml', `summary: One\nresponses: { '200': { $ref: '../responses.yaml#/ok' } }\n`),
  file('api/paths/c.yml', 'item/c: { get: { parameters: [{ $ref: "#/p" }] } }\np: { name: q, in: query }\n'),
  file(
    'api/responses.yaml',
    'ok: { content: { application/json: { schema: { $ref: models/thing.json } } } }\n',
  ),
  file(
    'api/models/thing.json',
    '{"type":"object","properties":{"next":{"$ref":"thing.json"},"other":{"$ref":"./other.json#/definitions/Other"}}}',
  ),
  file('api/models/other.json', '{"definitions":{"Other":{"properties":{"thing":{"$ref":"thing.json"}}}}}'),
  file('notes/readme.yaml', 'not: a document\n'),
];

test('a document in several files becomes one, and references that lead nowhere are named', async () => {
  const { document, root, skipped, notes } = await read({ files: split });
  expect(document.operations.map(({ method, path, summary }) => `${method} ${path} ${summary}`)).toEqual([
    'GET /a One',
    'POST /b ',
    'GET /c ',
    'GET /e ',
  ]);
  expect(document.operations[2]?.parameters).toMatchObject([{ name: 'q', in: 'query' }]);
  expect(root).toMatchObject({ components: { schemas: { thing: { type: 'object' } } } });
  expect(JSON.stringify(root)).not.toMatch(/"\$ref":"(?!#|paths\/none|responses.yaml#\/none)/);
  expect(skipped).toMatchObject([
    { place: '#/paths/~1d/get', reason: expect.stringContaining('paths/none.yml') },
  ]);
  expect(notes).toMatchObject([
    {
      topic: 'reference',
      place: '#/paths/~1e/get/responses/200',
      reason: expect.stringContaining('doesn’t exist'),
    },
  ]);
});

/** A ZIP archive, written by hand. */
function zip(entries: { name: string; bytes: Uint8Array }[], size?: number): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of entries) {
    const packed = deflateRawSync(bytes);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(size ?? bytes.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    locals.push(local, Buffer.from(name), packed);
    central.push(entry, Buffer.from(name));
    offset += 30 + name.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

test('a ZIP archive is read like a folder', async () => {
  const { document } = await read({ files: [file('api.zip', zip(split))] });
  expect(document.operations).toHaveLength(4);
});

test.each([
  ['a damaged archive', Buffer.from('PK\x03\x04nothing'), 'damaged'],
  ['an archive without documents', zip([file('a.txt', 'a')]), 'contains no JSON or YAML'],
  ['a bomb', zip([file('a.json', Buffer.alloc(300 * 1024 * 1024))], 10), 'expands to more than 256 MB'],
])('%s is rejected', async (_what, bytes, reason) => {
  expect(await readSource({ files: [file('api.zip', bytes)] })).toMatchObject({
    ok: false,
    problems: [{ reason: expect.stringContaining(reason) }],
  });
});

test('the main file is the only document, the topmost one, the one with a usual name, or the chosen one', async () => {
  const title = (name: string) => small.replace('Straße', name);
  const files = [
    file('one.yaml', title('One')),
    file('two.yaml', title('Two')),
    file('deep/openapi.yaml', title('Deep')),
  ];
  expect(await readSource({ files })).toMatchObject({
    ok: false,
    problems: [{ place: 'main', reason: expect.stringContaining('one.yaml, two.yaml') }],
  });
  expect((await read({ files, main: 'deep/openapi.yaml' })).document.title).toBe('Deep');
  expect((await read({ files: [...files, file('openapi.json', title('Usual'))] })).document.title).toBe(
    'Usual',
  );
  expect((await read({ files: files.slice(1) })).document.title).toBe('Two');
});

test('files of a URL are fetched, and only then', async () => {
  const base = 'https://docs.example.com/v1';
  const main = `openapi: 3.1.0\ninfo: {title: T}\npaths:\n  /a: {$ref: "a.yaml"}\n  /b: {get: {}}\n`;
  const asked: string[] = [];
  const fetchFile = async (url: string) => {
    asked.push(url);
    return Buffer.from('get: {summary: Fetched}');
  };
  const fetched = await read({ files: [file(`${base}/openapi.yaml`, main)], fetchFile });
  expect(fetched.document.operations[0]).toMatchObject({ path: '/a', summary: 'Fetched' });
  expect(asked).toEqual([`${base}/a.yaml`]);

  const uploaded = await read({ files: [file('openapi.yaml', main.replace('a.yaml', `${base}/a.yaml`))] });
  expect(uploaded.skipped).toMatchObject([{ name: '/a', reason: expect.stringContaining('isn’t among') }]);
  expect(asked).toHaveLength(1);
});

test('a Swagger 2.0 document is converted', async () => {
  const swagger = `
swagger: 2.0
info: { title: Pets, version: 1.0 }
host: api.example.com
basePath: /v2
schemes: [https]
consumes: [application/json]
produces: [application/json]
parameters:
  limit: { name: limit, in: query, type: integer, maximum: 100 }
  pet: { name: pet, in: body, required: true, schema: { $ref: '#/definitions/Pet' } }
responses:
  missing: { description: Missing, schema: { $ref: '#/definitions/Error' } }
paths:
  /pets:
    parameters: [{ $ref: '#/parameters/limit' }]
    get:
      parameters: [{ name: tags, in: query, type: array, items: { type: string }, collectionFormat: multi }]
      responses: { '200': { description: OK, schema: { type: array, items: { $ref: '#/definitions/Pet' } } }, '404': { $ref: '#/responses/missing' } }
    post:
      parameters: [{ $ref: '#/parameters/pet' }]
      responses: { '201': { description: Created } }
  /pets/{id}/photo:
    put:
      consumes: [multipart/form-data]
      parameters:
        - { name: id, in: path, required: true, type: string }
        - { name: photo, in: formData, required: true, type: file }
      responses: { '204': { description: Saved } }
definitions:
  Pet: { type: object, discriminator: kind, properties: { kind: { type: string }, name: { type: string, x-nullable: true } } }
  Error: { type: object }
securityDefinitions:
  key: { type: apiKey, in: header, name: X-Pets-Key }
  basic: { type: basic }
`;
  const { document, root, notes } = await read({ files: [file('swagger.yaml', swagger)], checked: true });
  expect(document).toMatchObject({ openapi: '3.0.4', title: 'Pets', version: '1.0' });
  expect(notes).toEqual([]);
  const [list, create, photo] = document.operations;
  expect(list?.parameters).toMatchObject([
    { name: 'limit', in: 'query', schema: { type: 'integer', maximum: 100 } },
    { name: 'tags', in: 'query', schema: { type: 'array' } },
  ]);
  expect(list?.responses).toMatchObject({
    '200': { content: { 'application/json': { schema: { items: { $ref: '#/components/schemas/Pet' } } } } },
    '404': { $ref: '#/components/responses/missing' },
  });
  expect(create?.requestBody).toMatchObject({
    required: true,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } },
  });
  expect(create?.parameters).toMatchObject([{ name: 'limit' }]);
  expect(photo?.requestBody).toMatchObject({
    content: {
      'multipart/form-data': { schema: { properties: { photo: { type: 'string', format: 'binary' } } } },
    },
  });
  expect(root).toMatchObject({
    servers: [{ url: 'https://api.example.com/v2' }],
    components: {
      schemas: { Pet: { discriminator: { propertyName: 'kind' }, properties: { name: { nullable: true } } } },
      responses: { missing: { content: { 'application/json': {} } } },
      securitySchemes: { basic: { type: 'http', scheme: 'basic' } },
    },
  });
});

test('what breaks the schema is named with its place, and imported', async () => {
  const source =
    'openapi: 3.1.0\ninfo: {title: T, version: "1"}\npaths:\n  /a:\n    get:\n      deprecated: yes please\n';
  const { document, notes } = await read({ files: [file('a.yaml', source)], checked: true });
  expect(document.operations).toHaveLength(1);
  expect(notes).toEqual([
    { topic: 'schema', place: '#/paths/~1a/get/deprecated', reason: 'It must be boolean.' },
  ]);
});
