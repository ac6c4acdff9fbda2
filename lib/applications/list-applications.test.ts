import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { usageDaily } from '#db/schema/usage.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { APPLICATIONS_PAGE, listApplications } from './list-applications.ts';
import { readApplication } from './read-application.ts';

type Key = { id: string; teamId: string; applicationId: string; memberId: string | null };

async function calls(db: Db, key: Key, daysAgo: number, requests: number) {
  await db.insert(usageDaily).values({
    ...{ teamId: key.teamId, applicationId: key.applicationId, memberId: key.memberId, credentialId: key.id },
    ...{ day: sql`(now() at time zone 'utc')::date - ${daysAgo}::int`, requests, lastAt: new Date() },
  });
}

const past = new Date(Date.now() - 1_000);

test(
  'a card counts the active keys and the requests of this UTC day',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member, { title: 'Storefront', description: 'Sells' });
    const key = await aCredential(db, app);
    const paused = await aCredential(db, app, { status: 'paused' });
    await aCredential(db, app, { status: 'revoked', revokedAt: past });
    await aCredential(db, app, { expiresAt: past });
    await calls(db, key, 0, 7);
    await calls(db, paused, 0, 3);
    await calls(db, key, 1, 100);

    const { applications } = await listApplications({ db, member });

    expect(applications).toMatchObject([
      { appId: app.publicId, title: 'Storefront', description: 'Sells', liveKeys: 2, requestsToday: 10 },
    ]);
  }),
);

test(
  "another team's applications aren't listed, and reading one returns null",
  withDb(async (db) => {
    const theirs = await anApplication(db, await aMember(db, 'owner'));
    const member = await aMember(db, 'owner');

    expect((await listApplications({ db, member })).applications).toEqual([]);
    expect(await readApplication({ db, member }, { appId: theirs.publicId })).toBeNull();
  }),
);

test(
  'archived applications are listed separately and counted',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const live = await anApplication(db, member);
    const put = await anApplication(db, member, { archivedAt: past });

    expect(await listApplications({ db, member })).toMatchObject({
      applications: [{ appId: live.publicId }],
      archivedCount: 1,
    });
    expect((await listApplications({ db, member }, { archived: true })).applications).toMatchObject([
      { appId: put.publicId },
    ]);
  }),
);

test(
  'the Default app is listed once it has a key',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member, { isDefault: true });
    expect((await listApplications({ db, member })).applications).toEqual([]);

    await aCredential(db, app);

    expect((await listApplications({ db, member })).applications).toHaveLength(1);
  }),
);

test(
  'a member sees every application, but only their own keys and requests',
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    const app = await anApplication(db, member);
    const own = await aCredential(db, app, { memberId: member.memberId });
    await calls(db, own, 0, 2);
    await calls(db, await aCredential(db, app), 0, 50);

    expect((await listApplications({ db, member })).applications).toMatchObject([
      { liveKeys: 1, requestsToday: 2 },
    ]);
  }),
);

test(
  'pages are consecutive without gaps',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    for (let i = 0; i <= APPLICATIONS_PAGE; i++) await anApplication(db, member, { title: `App ${i}` });

    const first = await listApplications({ db, member });
    expect(first.applications).toHaveLength(APPLICATIONS_PAGE);
    expect(first.applications[0]?.title).toBe(`App ${APPLICATIONS_PAGE}`);
    const second = await listApplications({ db, member }, { before: first.older! });
    expect(second).toMatchObject({ applications: [{ title: 'App 0' }], older: null });
  }),
);
