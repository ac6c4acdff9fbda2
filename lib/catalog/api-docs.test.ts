import { readFileSync } from 'node:fs';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { withDb } from '#tests/support/database.ts';
import { aUser } from '#tests/support/factories.ts';
import { listDocumentedApis } from './list-documented-apis.ts';
import { OPERATIONS_MAX, readApiDocs } from './read-api-docs.ts';
import { readDocument } from './read-document.ts';
import { readOperationDocs } from './read-operation-docs.ts';
import { readSchemaDocs } from './read-schema-docs.ts';

/** The sample API as imported. */
async function theSample(db: Db) {
  const source = readFileSync('sample/openapi.yaml', 'utf8');
  const read = readDocument(source);
  if (!read.ok) throw new Error(read.problems[0]!.reason);
  const api = await anApi(db, ['GET /placeholder'], { document: source });
  await db.delete(endpoints).where(eq(endpoints.apiId, api.id));
  await db.insert(endpoints).values(read.document.operations.map((row) => ({ apiId: api.id, ...row })));
  return { slug: api.slug, id: api.id };
}

test(
  'an API with few operations lists all of them, by tag',
  withDb(async (db) => {
    const { slug } = await theSample(db);
    const docs = await readApiDocs({ db, user: await aUser(db) }, { slug, filter: {} });
    expect(docs).toMatchObject({ title: 'Weather', total: 10, found: 10, complete: true });
    expect(docs?.tags).toEqual([
      { name: 'Cities', operations: 2 },
      { name: 'Diagnostics', operations: 5 },
      { name: 'Observations', operations: 1 },
      { name: 'Weather', operations: 2 },
    ]);
    expect(docs?.operations.map(({ key }) => key).slice(0, 3)).toEqual(['listCities', 'getCity', 'echoGet']);
    expect(JSON.stringify(docs)).not.toContain('upstream');
  }),
);

test.each([
  ['a path', { q: '/cities/{city}/fore' }, ['getForecast']],
  ['a summary, case-insensitive', { q: 'REPORT' }, ['createObservation']],
  ['an operation id', { q: 'getcurrentw' }, ['getCurrentWeather']],
  ['every word, in any order', { q: 'weather current' }, ['getCurrentWeather']],
  ['a tag', { tag: 'Cities' }, ['listCities', 'getCity']],
  ['nothing', { q: 'no such thing' }, []],
])('operations are found by %s', (_name, filter, keys) =>
  withDb(async (db) => {
    const { slug } = await theSample(db);
    const docs = await readApiDocs({ db, user: await aUser(db) }, { slug, filter });
    expect(docs?.operations.map(({ key }) => key)).toEqual(keys);
  })(),
);

test(
  'an API with many operations lists only its tags until a search',
  withDb(async (db) => {
    const api = await anApi(
      db,
      Array.from({ length: OPERATIONS_MAX + 1 }, (_, i) => `GET /things/${i}`),
    );
    const context = { db, user: await aUser(db) };
    const all = await readApiDocs(context, { slug: api.slug, filter: {} });
    expect(all).toMatchObject({ complete: false, operations: [], total: 101 });
    const searched = await readApiDocs(context, { slug: api.slug, filter: { q: 'things' } });
    expect(searched).toMatchObject({ complete: true, found: 101 });
    expect(searched?.operations).toHaveLength(OPERATIONS_MAX);
  }),
);

test(
  'an operation has parameters, a body and responses, with circular references collapsed',
  withDb(async (db) => {
    const { slug } = await theSample(db);
    const context = { db, user: await aUser(db) };
    const list = await readOperationDocs(context, { slug, key: 'listCities' });
    expect(list?.parameters).toMatchObject([
      { name: 'country', in: 'query', required: false, type: 'string', example: 'PT' },
      { name: 'limit', type: 'integer', facts: ['1 to 100', 'default 20'], example: 20 },
    ]);
    expect(list?.responses[0]?.media[0]?.tree).toMatchObject({ type: 'array of object', model: 'City' });
    const post = await readOperationDocs(context, { slug, key: 'createObservation' });
    expect(post?.body).toMatchObject({ required: true, media: [{ contentType: 'application/json' }] });
    expect(post?.body?.media[0]?.tree?.children).toMatchObject([
      { name: 'city', required: true },
      { name: 'temperature', type: 'number', required: true },
      { name: 'note', type: 'string' },
    ]);
    expect(post?.bodyExample?.text).toBe('{"city":"lisbon","temperature":21.5,"note":"Clear sky"}');
    const shared = await readOperationDocs(context, { slug, key: 'getCity' });
    expect(shared?.parameters).toMatchObject([
      { name: 'city', in: 'path', required: true, example: 'lisbon' },
    ]);
  }),
);

test(
  'two operations with the same operation ID are identified by their IDs',
  withDb(async (db) => {
    const api = await anApi(db, ['GET /a', 'GET /b']);
    await db.update(endpoints).set({ operationId: 'same' }).where(eq(endpoints.apiId, api.id));
    const context = { db, user: await aUser(db) };
    const docs = await readApiDocs(context, { slug: api.slug, filter: {} });
    expect(docs?.operations.map(({ key }) => key)).toEqual(api.endpointIds);
    expect(await readOperationDocs(context, { slug: api.slug, key: 'same' })).toBeNull();
    expect(await readOperationDocs(context, { slug: api.slug, key: api.endpointIds[1]! })).toMatchObject({
      path: '/b',
    });
  }),
);

test(
  'a schema has its own page',
  withDb(async (db) => {
    const { slug } = await theSample(db);
    const context = { db, user: await aUser(db) };
    const docs = await readSchemaDocs(context, { slug, name: 'City' });
    expect(docs?.tree.children?.map(({ name }) => name)).toEqual(['id', 'name', 'country', 'neighbours']);
    expect(await readSchemaDocs(context, { slug, name: 'toString' })).toBeNull();
    expect(await readSchemaDocs(context, { slug, name: 'Nothing' })).toBeNull();
  }),
);

test(
  'removed APIs and operations are absent, and a new import is visible immediately',
  withDb(async (db) => {
    const { slug, id } = await theSample(db);
    const context = { db, user: await aUser(db) };
    expect(await readSchemaDocs(context, { slug, name: 'City' })).not.toBeNull();
    await db
      .update(apis)
      .set({ document: '{}', updatedAt: new Date(1) })
      .where(eq(apis.id, id));
    expect(await readSchemaDocs(context, { slug, name: 'City' })).toBeNull();
    await db.update(endpoints).set({ removedAt: new Date() }).where(eq(endpoints.operationId, 'getCity'));
    expect(await readOperationDocs(context, { slug, key: 'getCity' })).toBeNull();
    await db.update(apis).set({ removedAt: new Date() }).where(eq(apis.id, id));
    expect(await readApiDocs(context, { slug, filter: {} })).toBeNull();
    expect((await listDocumentedApis(context)).map((api) => api.slug)).not.toContain(slug);
  }),
);

test(
  'operations are readable even if the document can’t be parsed',
  withDb(async (db) => {
    const api = await anApi(db, ['GET /cities/{city}'], { document: 'not: [a document' });
    const docs = await readOperationDocs(
      { db, user: await aUser(db) },
      { slug: api.slug, key: api.endpointIds[0]! },
    );
    expect(docs?.parameters).toMatchObject([{ name: 'city', in: 'path', required: true }]);
  }),
);
