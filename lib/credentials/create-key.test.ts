import { and, eq, isNull } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aMember, anApplication } from '#tests/support/factories.ts';
import { CreateKey, createKey } from './create-key.ts';

const wanted = { name: 'ci', description: '', environment: 'staging', expiration: '30' } as const;

test(
  'a key without an app goes to the Default app',
  withDb(async (db) => {
    const member = await aMember(db, 'admin');
    await anApplication(db, member);
    const app = await anApplication(db, member, { isDefault: true });

    const created = await createKey({ db, member }, { ...wanted, appId: '' });

    expect(created).toMatchObject({ ok: true, appId: app.publicId, keys: { name: 'ci' } });
    expect(await db.$count(credentials, eq(credentials.applicationId, app.id))).toBe(1);
  }),
);

test(
  'a missing Default app is created and audited',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    await anApplication(db, await aMember(db, 'owner'), { isDefault: true });

    const created = await createKey({ db, member }, { ...wanted, appId: '' });

    if (!created.ok) throw new Error(created.reason);
    const [app] = await db.select().from(applications).where(eq(applications.publicId, created.appId));
    expect(app).toMatchObject({ teamId: member.teamId, isDefault: true, title: 'Default app' });
    const lines = await auditTrail(db, eq(auditEvents.teamId, member.teamId));
    expect(lines.map((line) => [line.action, line.subjectId])).toEqual([
      ['application.create', created.appId],
      ['credential.issue', created.keys.keyId],
    ]);
    expect(JSON.stringify(lines)).not.toContain(created.keys.secretKey.slice(-30));
  }),
);

test(
  'with its first key the Default app is connected to all endpoints; an existing selection is kept',
  withDb(async (db) => {
    const api = await anApi(db, ['GET /a', 'GET /b', 'GET /gone']);
    await db.update(endpoints).set({ removedAt: new Date() }).where(eq(endpoints.id, api.endpointIds[2]!));
    const offered = await db.$count(endpoints, isNull(endpoints.removedAt));
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member, { isDefault: true });
    const connected = () => db.$count(applicationEndpoints, eq(applicationEndpoints.applicationId, app.id));
    const create = () => createKey({ db, member }, { ...wanted, appId: '' });

    await create();
    expect(await connected()).toBe(offered);
    const lines = await auditTrail(db, eq(auditEvents.action, 'application.connect'));
    expect(lines).toMatchObject([{ teamId: member.teamId, subjectId: app.publicId }]);
    await db.delete(applicationEndpoints).where(eq(applicationEndpoints.applicationId, app.id));
    await create();
    expect(await connected()).toBe(0);

    const other = await aMember(db, 'owner');
    const narrow = await anApplication(db, other, { isDefault: true });
    const chosen = { teamId: other.teamId, applicationId: narrow.id, endpointId: api.endpointIds[0]! };
    await db.insert(applicationEndpoints).values(chosen);
    await createKey({ db, member: other }, { ...wanted, appId: '' });
    expect(await db.$count(applicationEndpoints, eq(applicationEndpoints.applicationId, narrow.id))).toBe(1);
  }),
);

test(
  "the key is created in the selected app; another team's app looks absent, an archived one is rejected",
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member);
    const put = await anApplication(db, member, { archivedAt: new Date() });
    const theirs = await anApplication(db, await aMember(db, 'owner'));
    const create = (appId: string) => createKey({ db, member }, { ...wanted, appId });

    expect(await create(app.publicId)).toMatchObject({ ok: true, appId: app.publicId });
    expect(await create(put.publicId)).toEqual({ ok: false, reason: 'archived' });
    expect(await create(theirs.publicId)).toEqual({ ok: false, reason: 'not_found' });
    // A rejected request leaves nothing behind.
    expect(await db.$count(applications, eq(applications.teamId, member.teamId))).toBe(2);
  }),
);

test(
  'a member is rejected, and no Default app is created',
  withDb(async (db) => {
    const member = await aMember(db, 'member');

    await expect(createKey({ db, member }, { ...wanted, appId: '' })).rejects.toThrow(Forbidden);
    expect(await db.$count(applications, eq(applications.teamId, member.teamId))).toBe(0);
  }),
);

test('no app and an invalid app are different', () => {
  expect(CreateKey.parse({ ...wanted })).toMatchObject({ appId: '' });
  expect(CreateKey.safeParse({ ...wanted, appId: 'app_x' }).error?.issues).toMatchObject([
    { path: ['appId'], message: 'Choose an app.' },
  ]);
});

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('concurrent first keys create one Default app', async () => {
  const { db } = own;
  const member = await aMember(db, 'owner');

  const created = await Promise.all(
    Array.from({ length: 8 }, () => createKey({ db, member }, { ...wanted, appId: '' })),
  );

  expect(new Set(created.map((result) => result.ok && result.appId)).size).toBe(1);
  const defaults = and(eq(applications.teamId, member.teamId), eq(applications.isDefault, true));
  expect(await db.$count(applications, defaults)).toBe(1);
  expect(await db.$count(credentials, eq(credentials.teamId, member.teamId))).toBe(8);
});
