import { and, eq, isNull } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { applicationEndpoints } from '#db/schema/applications.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { connectEndpoints } from '#lib/applications/connect-endpoints.ts';
import { listConnectedEndpoints } from '#lib/applications/list-connected-endpoints.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember, anApplication } from '#tests/support/factories.ts';
import { type ImportInput, importDocument } from './import-document.ts';
import { loadRoutes } from './load-routes.ts';
import { removeApi } from './remove-api.ts';

const encryptionKey = '5a'.repeat(32);
const upstream = 'https://api.example.com/v2/';

const documentOf = (paths: unknown, more: Record<string, unknown> = {}) =>
  JSON.stringify({ openapi: '3.1.0', info: { title: 'Weather API', version: '1' }, paths, ...more });

const importing = (db: Db, input: Partial<ImportInput> & { source: string }, allowPrivateUpstreams = false) =>
  importDocument(
    { db, operator: 'operator', encryptionKey, allowPrivateUpstreams },
    { upstream, slug: 'weather', ...input },
  );

async function imported(db: Db, input: Partial<ImportInput> & { source: string }) {
  const result = await importing(db, input);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.report;
}

const rowOf = async (db: Db, slug = 'weather') =>
  (await db.select().from(apis).where(eq(apis.slug, slug)))[0];
const endpointsOf = (db: Db) =>
  db
    .select({
      id: endpoints.id,
      method: endpoints.method,
      path: endpoints.path,
      removedAt: endpoints.removedAt,
    })
    .from(endpoints)
    .innerJoin(apis, eq(apis.id, endpoints.apiId))
    .where(eq(apis.slug, 'weather'))
    .orderBy(endpoints.path);
const epochOf = async (db: Db) => (await db.select().from(accessEpoch))[0]!.epoch;

test(
  'the first import adds the API and its operations to the catalog, and reports them',
  withDb(async (db) => {
    const before = await epochOf(db);

    const report = await imported(db, {
      source: documentOf({ '/a': { get: { summary: 'One' } }, '/b': { get: {}, post: {} } }),
      upstreamStaging: 'https://staging.example.com',
    });

    expect(report).toEqual({
      slug: 'weather',
      title: 'Weather API',
      created: true,
      added: ['GET /a', 'GET /b', 'POST /b'],
      changed: [],
      removed: [],
      unchanged: 0,
      skipped: [],
      notes: [],
    });
    expect(await rowOf(db)).toMatchObject({
      upstreamUrl: 'https://api.example.com/v2',
      upstreamDevelopmentUrl: null,
      upstreamStagingUrl: 'https://staging.example.com',
      upstreamHeaderName: null,
    });
    expect(await endpointsOf(db)).toHaveLength(3);
    expect(await epochOf(db)).toBe(before + 1);
    expect(await auditTrail(db, eq(auditEvents.subjectId, 'weather'))).toMatchObject([
      { action: 'api.import', after: { added: 3, changed: 0, removed: 0 } },
    ]);
  }),
);

test(
  'requests are routed to imported operations',
  withDb(async (db) => {
    const parameters = [{ name: 'X-Tenant', in: 'header' }];
    const header = { name: 'X-Upstream-Key', value: 'top secret' };
    await imported(db, {
      source: documentOf({ '/a/{id}': { get: { parameters } } }),
      upstreamHeader: header,
    });

    const route = (await loadRoutes(db, encryptionKey)).match('weather', 'GET', '/a/1');

    expect(route).toMatchObject({ policy: null, upstreamHeader: header });
    expect(route?.upstreams.staging).toEqual({ origin: 'https://api.example.com', basePath: '/v2' });
  }),
);

test(
  'importing again reports what was added, changed and removed, and keeps the IDs',
  withDb(async (db) => {
    await imported(db, { source: documentOf({ '/a': { get: {} }, '/b': { get: {} }, '/c': { get: {} } }) });
    const before = await endpointsOf(db);

    const report = await imported(db, {
      source: documentOf({ '/d': { get: {} }, '/b': { get: { summary: 'New' } }, '/a': { get: {} } }),
    });

    expect(report).toMatchObject({
      created: false,
      added: ['GET /d'],
      changed: ['GET /b'],
      removed: ['GET /c'],
      unchanged: 1,
    });
    const after = await endpointsOf(db);
    expect(after.slice(0, 3).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(after.filter(({ removedAt }) => removedAt).map(({ path }) => path)).toEqual(['/c']);
    expect((await loadRoutes(db, encryptionKey)).match('weather', 'GET', '/c')).toBeNull();
  }),
);

test(
  'importing the same document again changes nothing, even with keys in another order',
  withDb(async (db) => {
    const schema = { type: 'object', properties: { b: {}, a: {} } };
    const reordered = { properties: { a: {}, b: {} }, type: 'object' };
    const source = (given: unknown) =>
      documentOf({ '/a': { post: { requestBody: { content: { x: { schema: given } } } } } });
    await imported(db, { source: source(schema) });

    expect(await imported(db, { source: source(reordered) })).toMatchObject({
      added: [],
      changed: [],
      removed: [],
      unchanged: 1,
    });
  }),
);

test(
  'a removed endpoint stays connected and is marked as removed; importing it again restores it',
  withDb(async (db) => {
    const both = documentOf({ '/a': { get: {} }, '/b': { get: {} } });
    await imported(db, { source: both });
    const member = await aMember(db, 'owner');
    const { publicId: appId, id } = await anApplication(db, member);
    const endpointIds = (await endpointsOf(db)).map((endpoint) => endpoint.id);
    await connectEndpoints({ db, member }, { appId, endpointIds });
    const listed = async () =>
      (await listConnectedEndpoints({ db, member }, { appId })).map(({ path, gone }) => ({ path, gone }));

    expect(await imported(db, { source: documentOf({ '/a': { get: {} } }) })).toMatchObject({
      removed: ['GET /b'],
    });
    expect(await listed()).toEqual([
      { path: '/a', gone: false },
      { path: '/b', gone: true },
    ]);
    // It was removed before, so it isn't reported again.
    expect(await imported(db, { source: documentOf({ '/a': { get: {} } }) })).toMatchObject({ removed: [] });

    expect(await imported(db, { source: both })).toMatchObject({ added: ['GET /b'], changed: [] });
    expect(await listed()).toEqual([
      { path: '/a', gone: false },
      { path: '/b', gone: false },
    ]);
    const rows = await db
      .select()
      .from(applicationEndpoints)
      .where(eq(applicationEndpoints.applicationId, id));
    expect(rows.map((row) => row.endpointId).sort()).toEqual([...endpointIds].sort());
  }),
);

test(
  'importing a removed API again restores its endpoints',
  withDb(async (db) => {
    const source = documentOf({ '/a': { get: {} } });
    await imported(db, { source });
    const [before] = await endpointsOf(db);
    await removeApi({ db, operator: 'operator' }, { slug: 'weather' });
    expect((await loadRoutes(db, encryptionKey)).match('weather', 'GET', '/a')).toBeNull();

    expect(await imported(db, { source })).toMatchObject({ created: true, added: ['GET /a'] });
    expect((await loadRoutes(db, encryptionKey)).match('weather', 'GET', '/a')?.endpointId).toBe(before!.id);
  }),
);

const good = documentOf({ '/a': { get: {} }, '/b': { get: {} } });
const other = documentOf({ '/z': { get: {} } });

test.each([
  ['a document without paths', { source: '{"openapi":"3.1.0","info":{"title":"x"}}' }, '#/paths'],
  ['broken YAML', { source: 'a: [1\nb: 2' }, 'line 2, column 1'],
  [
    'a NUL, which the database can’t store',
    { source: documentOf({ '/z': { get: { summary: '\0' } } }) },
    '#/paths/~1z/get',
  ],
  ['no upstream', { source: other, upstream: '' }, 'upstream'],
  ['an upstream on a private network', { source: other, upstream: 'http://169.254.169.254' }, 'upstream'],
  ['a private upstream for staging', { source: other, upstreamStaging: 'http://[::1]' }, 'upstream-staging'],
  [
    'a private upstream for development',
    { source: other, upstreamDevelopment: 'http://0x7f.1' },
    'upstream-dev',
  ],
  [
    'an invalid header name',
    { source: other, upstreamHeader: { name: 'a b', value: 'x' } },
    'upstream-header',
  ],
  [
    'a header of the gateway',
    { source: other, upstreamHeader: { name: 'X-Latchkey-Team', value: 'x' } },
    'upstream-header',
  ],
  [
    'a header that frames the body',
    { source: other, upstreamHeader: { name: 'Content-Length', value: '1' } },
    'upstream-header',
  ],
  [
    'a header value with a line break',
    { source: other, upstreamHeader: { name: 'X-Key', value: 'a\r\nb: c' } },
    'upstream-header',
  ],
  [
    'an empty header value',
    { source: other, upstreamHeader: { name: 'X-Key', value: ' ' } },
    'upstream-header',
  ],
])('%s changes nothing', (_what, input, place) =>
  withDb(async (db) => {
    await imported(db, { source: good });
    const before = [await rowOf(db), await endpointsOf(db), await epochOf(db)];

    expect(await importing(db, input)).toEqual({
      ok: false,
      problems: [{ place, reason: expect.any(String) }],
    });
    expect([await rowOf(db), await endpointsOf(db), await epochOf(db)]).toEqual(before);
  })(),
);

test.each([
  'gateway',
  'api',
  'docs',
  'operator',
  'healthz',
  '_',
  'Weather',
  '-a',
  'a/b',
  '..',
  '',
  'a'.repeat(64),
])('the slug "%s" is rejected', (slug) =>
  withDb(async (db) => {
    expect(await importing(db, { source: good, slug })).toMatchObject({
      ok: false,
      problems: [{ place: 'slug' }],
    });
    expect(await rowOf(db, slug)).toBeUndefined();
  })(),
);

test(
  'without a slug, it is derived from the title',
  withDb(async (db) => {
    const importTitled = (title: string) =>
      importDocument(
        { db, operator: 'operator', encryptionKey, allowPrivateUpstreams: false },
        { source: documentOf({ '/a': { get: {} } }, { info: { title } }), upstream },
      );
    expect(await importTitled('Zürich: Trams & Buses REST API')).toMatchObject({
      report: { slug: 'zurich-trams-buses' },
    });
    expect(await importTitled('東京')).toMatchObject({ ok: false, problems: [{ place: 'slug' }] });
  }),
);

test(
  'a private upstream is accepted if the installation allows it',
  withDb(async (db) => {
    expect(await importing(db, { source: good, upstream: 'http://127.0.0.1:9000/base' }, true)).toMatchObject(
      { ok: true },
    );
    expect((await rowOf(db))?.upstreamUrl).toBe('http://127.0.0.1:9000/base');
  }),
);

test(
  "the upstream's credential is sealed, kept if a later import has none, and replaced by a new one",
  withDb(async (db) => {
    const everything = async () =>
      JSON.stringify([await rowOf(db), await endpointsOf(db), await auditTrail(db)]);
    const routed = async () =>
      (await loadRoutes(db, encryptionKey)).match('weather', 'GET', '/a')?.upstreamHeader;

    const report = await imported(db, {
      source: good,
      upstreamHeader: { name: 'X-Key', value: 'sesame-one' },
    });
    expect(JSON.stringify(report)).not.toContain('sesame');
    expect(await everything()).not.toContain('sesame');
    expect(await everything()).not.toContain(Buffer.from('sesame-one').toString('base64url').slice(0, 12));

    await imported(db, { source: good });
    expect(await routed()).toEqual({ name: 'X-Key', value: 'sesame-one' });

    await imported(db, { source: good, upstreamHeader: { name: 'X-Other', value: 'sesame-two' } });
    expect(await routed()).toEqual({ name: 'X-Other', value: 'sesame-two' });
    expect(await everything()).not.toContain('sesame');
  }),
);

test(
  'a sealed credential opens only in its own row',
  withDb(async (db) => {
    await imported(db, { source: good, upstreamHeader: { name: 'X-Key', value: 'sesame' } });
    await imported(db, { source: good, slug: 'maps' });
    const { upstreamHeaderSealed } = (await rowOf(db))!;
    await db
      .update(apis)
      .set({ upstreamHeaderName: 'X-Key', upstreamHeaderSealed })
      .where(eq(apis.slug, 'maps'));

    await expect(loadRoutes(db, encryptionKey)).rejects.toThrow();
  }),
);

test(
  '1,200 operations with circular references are imported in seconds, and so is the same document again',
  withDb(async (db) => {
    const schemas = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [
        `S${i}`,
        {
          type: 'object',
          properties: {
            next: { $ref: `#/components/schemas/S${(i + 1) % 300}` },
            self: { $ref: `#/components/schemas/S${i}` },
          },
        },
      ]),
    );
    const paths = Object.fromEntries(
      Array.from({ length: 1_200 }, (_, i) => {
        const schema = { $ref: `#/components/schemas/S${i % 300}` };
        const parameters = [{ name: 'id', in: 'path', required: true, schema }];
        const responses = { '200': { description: 'OK', content: { 'application/json': { schema } } } };
        return [`/r${i}/{id}`, { get: { parameters, responses } }];
      }),
    );
    const source = documentOf(paths, { components: { schemas } });

    const start = performance.now();
    expect((await imported(db, { source })).added).toHaveLength(1_200);
    expect(await imported(db, { source })).toMatchObject({
      added: [],
      changed: [],
      removed: [],
      unchanged: 1_200,
    });
    expect(performance.now() - start).toBeLessThan(10_000);

    const live = and(eq(apis.slug, 'weather'), isNull(endpoints.removedAt));
    const rows = await db
      .select({ id: endpoints.id })
      .from(endpoints)
      .innerJoin(apis, eq(apis.id, endpoints.apiId))
      .where(live);
    expect(rows).toHaveLength(1_200);
  }),
);
