import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { members } from '#db/schema/teams.ts';
import { asOperator } from '#lib/access/operator.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication, aTeam, aUser } from '#tests/support/factories.ts';
import { aDay } from '#tests/support/usage-rows.ts';
import { listTeamsForOperator } from './list-teams-for-operator.ts';

test(
  'lists teams by name, each with its own figures, without deleted ones',
  withDb(async (db) => {
    const operator = asOperator(await aUser(db, { isOperator: true }))!;
    const busy = await aTeam(db, { name: 'Busy', dailyQuota: 77 });
    const empty = await aTeam(db, { name: 'An empty one' });
    await aTeam(db, { name: 'Gone', deletedAt: new Date() });
    await aMember(db, 'owner', busy);
    await aMember(db, 'member', busy);
    for (const status of ['suspended', 'removed'] as const) {
      const { memberId } = await aMember(db, 'member', busy);
      await db.update(members).set({ status }).where(eq(members.id, memberId));
    }
    await anApplication(db, busy, { archivedAt: new Date() });
    const apps = [await anApplication(db, busy), await anApplication(db, busy)];
    for (const app of apps) {
      const key = await aCredential(db, app);
      await aDay(db, key, 0, { requests: 21, refused: 500 });
      await aDay(db, key, 1, { requests: 900 });
    }

    expect(await listTeamsForOperator({ db, operator })).toMatchObject([
      { id: empty.teamId, name: 'An empty one', members: 0, apps: 0, requestsToday: 0 },
      { id: busy.teamId, slug: busy.teamSlug, dailyQuota: 77, members: 2, apps: 2, requestsToday: 42 },
    ]);
  }),
);
