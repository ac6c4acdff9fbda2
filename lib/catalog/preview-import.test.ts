import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { applicationEndpoints } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { usageDays } from '#db/schema/usage.ts';
import { connectEndpoints } from '#lib/applications/connect-endpoints.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember, anApplication } from '#tests/support/factories.ts';
import { breakingChanges } from './breaking-changes.ts';
import type { Operation } from './document-types.ts';
import { importDocument } from './import-document.ts';
import { loadRoutes } from './load-routes.ts';
import { previewImport } from './preview-import.ts';

const encryptionKey = '5a'.repeat(32);
const context = { operator: 'operator' as const, encryptionKey, allowPrivateUpstreams: false };
const documentOf = (paths: unknown) =>
  JSON.stringify({ openapi: '3.1.0', info: { title: 'Weather', version: '1' }, paths });
const input = (paths: unknown) => ({
  source: documentOf(paths),
  upstream: 'https://api.example.com',
  slug: 'weather',
});

test(
  'a preview has what would be added, changed and removed, and who calls what would be removed, and changes nothing',
  withDb(async (db) => {
    await importDocument(
      { db, ...context },
      input({ '/a': { get: {} }, '/b': { get: {} }, '/c': { get: {} } }),
    );
    const rows = await db.select().from(endpoints);
    const idOf = (path: string) => rows.find((row) => row.path === path)!.id;
    const member = await aMember(db, 'owner');
    const [busy, idle] = [
      await anApplication(db, member, { title: 'Busy' }),
      await anApplication(db, member, { title: 'Idle' }),
    ];
    for (const { publicId } of [busy, idle])
      await connectEndpoints({ db, member }, { appId: publicId, endpointIds: [idOf('/c')] });
    const now = new Date('2026-06-30T12:00:00Z');
    const day = (bucket: string, calls: number) => ({
      bucket: new Date(bucket),
      ...{ teamId: member.teamId, applicationId: busy.id, credentialId: busy.id, endpointId: idOf('/c') },
      ...{ environment: 'production' as const, outcome: 'answered' as const, status: 200 },
      ...{ calls, counted: calls, errors: 0, refused: 0, bytesIn: 0, bytesOut: 0, latency: '0' },
    });
    await db.insert(usageDays).values([day('2026-06-29', 7), day('2026-06-15', 5), day('2026-05-01', 100)]);
    const before = [await db.select().from(apis), await db.select().from(endpoints), await auditTrail(db)];

    const required = [{ name: 'q', in: 'query', required: true }];
    const after = {
      '/a': { get: { summary: 'New' } },
      '/b': { get: { parameters: required } },
      '/d': { get: {} },
      x: { get: {} },
    };
    const previewed = await previewImport({ db, ...context }, input(after), now);

    expect(previewed).toMatchObject({
      ok: true,
      preview: {
        slug: 'weather',
        exists: true,
        added: ['GET /d'],
        changed: [
          { name: 'GET /a', breaking: [] },
          { name: 'GET /b', breaking: ['Parameter query q is now required'] },
        ],
        removed: [
          {
            name: 'GET /c',
            callers: [
              { app: 'Busy', requests: 12 },
              { app: 'Idle', requests: 0 },
            ],
          },
        ],
        unchanged: 0,
        skipped: [{ name: 'GET x' }],
      },
    });
    expect([await db.select().from(apis), await db.select().from(endpoints), await auditTrail(db)]).toEqual(
      before,
    );
  }),
);

test(
  'a preview of a new API, or of an invalid one, changes nothing',
  withDb(async (db) => {
    const fresh = await previewImport({ db, ...context }, input({ '/a': { get: {} } }));
    expect(fresh).toMatchObject({ ok: true, preview: { exists: false, added: ['GET /a'], removed: [] } });
    const invalid = await previewImport(
      { db, ...context },
      { ...input({ '/a': { get: {} } }), upstream: 'http://[::1]' },
    );
    expect(invalid).toMatchObject({ ok: false, problems: [{ place: 'upstream' }] });
    expect(await db.select().from(apis).where(eq(apis.slug, 'weather'))).toEqual([]);
  }),
);

const operation = (values: Partial<Operation>): Operation => ({
  ...{
    method: 'GET',
    path: '/a',
    operationId: null,
    summary: '',
    description: '',
    tag: '',
    deprecated: false,
  },
  ...{ parameters: [], requestBody: null, responses: {} },
  ...values,
});
const parameter = (values: object) => ({
  ...{ name: 'q', in: 'query', required: false, description: '', schema: null, example: null },
  ...values,
});
const json = (schema: unknown) => ({ content: { 'application/json': { schema } } });

test.each<[string, Partial<Operation>, Partial<Operation>, string[]]>([
  ['a new text', { summary: 'a' }, { summary: 'b' }, []],
  ['a new optional parameter', {}, { parameters: [parameter({})] }, []],
  ['a removed parameter', { parameters: [parameter({})] }, {}, ['Parameter query q was removed']],
  [
    'another type',
    { parameters: [parameter({ schema: { type: 'string' } })] },
    { parameters: [parameter({ schema: { type: 'integer' } })] },
    ['Parameter query q was string and is integer'],
  ],
  [
    'a wider type',
    { parameters: [parameter({ schema: { type: 'integer' } })] },
    { parameters: [parameter({ schema: { type: 'number' } })] },
    [],
  ],
  [
    'a removed value',
    { parameters: [parameter({ schema: { enum: ['a', 'b'] } })] },
    { parameters: [parameter({ schema: { enum: ['a'] } })] },
    ['Parameter query q doesn’t accept "b" anymore'],
  ],
  ['a required body', {}, { requestBody: { required: true, ...json({}) } }, ['The body is now required']],
  [
    'a required property',
    { requestBody: json({ required: ['a'] }) },
    { requestBody: json({ required: ['a', 'b'] }) },
    ['Property b of the body is now required'],
  ],
  [
    'another body',
    { requestBody: json({}) },
    { requestBody: { content: { 'text/plain': {} } } },
    ['The body can’t be application/json anymore'],
  ],
  [
    'a removed response',
    { responses: { '200': {}, '404': {} } },
    { responses: {} },
    ['Response 200 was removed'],
  ],
])('%s is breaking or not', (_what, before, after, expected) => {
  expect(breakingChanges(operation(before), operation(after))).toEqual(expected);
});

test(
  'operations that answer the same requests share one endpoint, whose connections stay when its operation goes',
  withDb(async (db) => {
    await importDocument({ db, ...context }, input({ '/a/{x}': { get: {} }, '/a/{y}': { get: {} } }));
    const rows = await db.select().from(endpoints);
    const idOf = (path: string) => rows.find((row) => row.path === path)!.id;
    expect(rows.find(({ path }) => path === '/a/{y}')?.routeId).toBe(idOf('/a/{x}'));
    const routed = async () =>
      (await loadRoutes(db, encryptionKey)).match('weather', 'GET', '/a/1')?.endpointId;
    expect(await routed()).toBe(idOf('/a/{x}'));
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member);
    const connect = (path: string) =>
      connectEndpoints({ db, member }, { appId: app.publicId, endpointIds: [idOf(path)] });
    expect((await connect('/a/{y}')).ok).toBe(false);
    expect((await connect('/a/{x}')).ok).toBe(true);

    await importDocument({ db, ...context }, input({ '/a/{y}': { get: {} } }));
    expect(await routed()).toBe(idOf('/a/{y}'));
    const connected = await db
      .select()
      .from(applicationEndpoints)
      .where(eq(applicationEndpoints.applicationId, app.id));
    expect(connected.map(({ endpointId }) => endpointId)).toContain(idOf('/a/{y}'));
  }),
);
