import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { teams } from '#db/schema/teams.ts';
import { ownDatabase, withDb } from '#tests/support/database.ts';
import { aMember, anApplication, aTeam } from '#tests/support/factories.ts';
import { readAppCapacity } from './app-capacity.ts';
import { archiveApplication } from './archive-application.ts';
import { createApplication } from './create-application.ts';
import { restoreApplication } from './restore-application.ts';

const anOwner = async (db: Db, applicationsMax: number | null) =>
  aMember(db, 'owner', await aTeam(db, { applicationsMax }));
const input = { title: 'Storefront', description: '', endpointIds: [] };

test(
  'an app over the limit is rejected; the Default app, archived apps and those of other teams don’t count',
  withDb(async (db) => {
    const member = await anOwner(db, 2);
    await anApplication(db, await anOwner(db, null));
    await anApplication(db, member, { isDefault: true });
    await anApplication(db, member, { archivedAt: new Date() });

    const first = await createApplication({ db, member }, input);
    const second = await createApplication({ db, member }, input);

    expect([first.ok, second.ok]).toEqual([true, true]);
    expect(await createApplication({ db, member }, input)).toEqual({ ok: false, reason: 'no_room' });
    expect(await readAppCapacity({ db, member })).toEqual({ max: 2, count: 2 });
    expect(await db.$count(applications, eq(applications.teamId, member.teamId))).toBe(4);
  }),
);

test(
  'an archived app can be restored below the limit; the Default app always',
  withDb(async (db) => {
    const member = await anOwner(db, 1);
    const kept = await anApplication(db, member);
    const away = await anApplication(db, member, { archivedAt: new Date() });
    const standard = await anApplication(db, member, { archivedAt: new Date(), isDefault: true });
    const restore = (appId: string) => restoreApplication({ db, member }, { appId });

    expect(await restore(away.publicId)).toEqual({ ok: false, reason: 'no_room' });
    expect(await restore(standard.publicId)).toEqual({ ok: true });
    await archiveApplication({ db, member }, { appId: kept.publicId });
    expect(await restore(away.publicId)).toEqual({ ok: true });
    expect(await restore(away.publicId)).toEqual({ ok: false, reason: 'not_archived' });
    // A limit below the current number removes nothing.
    await db.update(teams).set({ applicationsMax: 0 }).where(eq(teams.id, member.teamId));
    expect(await readAppCapacity({ db, member })).toEqual({ max: 0, count: 1 });
  }),
);

test('twenty concurrent creations and restorations don’t exceed the limit', async () => {
  const own = await ownDatabase();
  try {
    const { db } = own;
    const member = await anOwner(db, 4);
    const away = [];
    for (let i = 0; i < 10; i++) away.push(await anApplication(db, member, { archivedAt: new Date() }));
    const outcomes = await Promise.all([
      ...away.map(({ publicId }) => restoreApplication({ db, member }, { appId: publicId })),
      ...Array.from({ length: 10 }, () => createApplication({ db, member }, input)),
    ]);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(4);
    expect(await readAppCapacity({ db, member })).toEqual({ max: 4, count: 4 });
  } finally {
    await own.drop();
  }
});
