import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { applicationEndpoints } from '#db/schema/applications.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { endpoints } from '#db/schema/catalog.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aMember, anApplication } from '#tests/support/factories.ts';
import { connectEndpoints } from './connect-endpoints.ts';
import { listConnectedEndpoints } from './list-connected-endpoints.ts';

const epochOf = async (db: Db) => (await db.select().from(accessEpoch))[0]!.epoch;
const connectedTo = async (db: Db, id: string) =>
  (await db.select().from(applicationEndpoints).where(eq(applicationEndpoints.applicationId, id)))
    .map((row) => row.endpointId)
    .sort();

test(
  'the set is replaced; a removal raises the epoch and is confirmed',
  withDb(async (db) => {
    const member = await aMember(db, 'admin');
    const app = await anApplication(db, member);
    const other = await anApplication(db, member);
    const { endpointIds } = await anApi(db, ['GET /a', 'GET /b', 'GET /c']);
    const [a, b, c] = endpointIds as [string, string, string];
    const connect = (appId: string, ids: string[]) =>
      connectEndpoints({ db, member }, { appId, endpointIds: ids });
    await connect(other.publicId, [a, b]);

    expect(await connect(app.publicId, [a, b])).toEqual({ ok: true, added: 2, removed: 0, receipt: null });
    const before = await epochOf(db);
    expect(await connect(app.publicId, [b, c])).toMatchObject({
      ok: true,
      added: 1,
      removed: 1,
      receipt: { epoch: before + 1 },
    });

    expect(await connectedTo(db, app.id)).toEqual([b, c].sort());
    expect(await connectedTo(db, other.id)).toEqual([a, b].sort());
    const lines = await auditTrail(db, eq(auditEvents.subjectId, app.publicId));
    expect(lines.at(-1)).toMatchObject({
      action: 'application.connect',
      after: { added: [c], removed: [a] },
    });
  }),
);

test(
  'saving the same set again changes nothing',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member);
    const { endpointIds } = await anApi(db);
    await connectEndpoints({ db, member }, { appId: app.publicId, endpointIds });
    const before = await epochOf(db);

    expect(await connectEndpoints({ db, member }, { appId: app.publicId, endpointIds })).toEqual({
      ok: true,
      added: 0,
      removed: 0,
      receipt: null,
    });
    expect(await epochOf(db)).toBe(before);
    expect(await db.$count(auditEvents, eq(auditEvents.subjectId, app.publicId))).toBe(1);
  }),
);

test(
  'a removed endpoint can stay connected and is marked as removed, but can’t be connected again',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member);
    const { endpointIds } = await anApi(db, ['GET /a', 'GET /b']);
    const [kept, gone] = endpointIds as [string, string];
    await connectEndpoints({ db, member }, { appId: app.publicId, endpointIds });
    await db.update(endpoints).set({ removedAt: new Date() }).where(eq(endpoints.id, gone));
    const connect = (ids: string[]) =>
      connectEndpoints({ db, member }, { appId: app.publicId, endpointIds: ids });

    expect(await connect([kept, gone])).toMatchObject({ ok: true, removed: 0 });
    expect(await listConnectedEndpoints({ db, member }, { appId: app.publicId })).toMatchObject([
      { path: '/a', gone: false },
      { path: '/b', gone: true },
    ]);
    expect(await connect([kept])).toMatchObject({ ok: true, removed: 1 });
    expect(await connect([kept, gone])).toEqual({ ok: false, reason: 'unknown_endpoint' });
  }),
);

test(
  "another team's application looks absent, and its connections are hidden and unchanged",
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const app = await anApplication(db, owner);
    const { endpointIds } = await anApi(db, ['GET /a', 'GET /b']);
    await connectEndpoints({ db, member: owner }, { appId: app.publicId, endpointIds });
    const member = await aMember(db, 'owner');
    const input = { appId: app.publicId, endpointIds: endpointIds.slice(0, 1) };

    expect(await connectEndpoints({ db, member }, input)).toEqual({ ok: false, reason: 'not_found' });
    expect(await listConnectedEndpoints({ db, member }, { appId: app.publicId })).toEqual([]);
    expect(await connectedTo(db, app.id)).toHaveLength(2);
  }),
);

test(
  'a member is rejected',
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    const { publicId: appId } = await anApplication(db, member);

    await expect(connectEndpoints({ db, member }, { appId, endpointIds: [] })).rejects.toThrow(Forbidden);
  }),
);

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('of two sets saved concurrently, one wins as a whole', async () => {
  const { db } = own;
  const member = await aMember(db, 'owner');
  const app = await anApplication(db, member);
  const { endpointIds } = await anApi(db, ['GET /a', 'GET /b', 'GET /c', 'GET /d']);
  const [one, two] = [endpointIds.slice(0, 2).sort(), endpointIds.slice(2).sort()];

  for (let round = 0; round < 10; round++) {
    await Promise.all(
      [one, two].map((ids) => connectEndpoints({ db, member }, { appId: app.publicId, endpointIds: ids })),
    );
    expect([one, two]).toContainEqual(await connectedTo(db, app.id));
  }
});
