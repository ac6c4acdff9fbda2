import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { members, teams } from '#db/schema/teams.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember, aTeam, aUser } from '#tests/support/factories.ts';
import { aMembership } from '#tests/support/people.ts';
import { readSuspension, SuspensionOf } from './read-suspension.ts';

test(
  'a suspended person sees the team’s name, since when, and who to ask: owners before admins',
  withDb(async (db) => {
    const user = await aUser(db);
    const team = await aTeam(db, { name: 'Harbour' });
    const admin = await aMember(db, 'admin', team);
    const owner = await aMember(db, 'owner', team);
    await aMember(db, 'member', team);
    const { memberId } = await aMember(db, 'owner', team);
    await db.update(members).set({ status: 'removed' }).where(eq(members.id, memberId));
    await aMembership(db, user, 'member', team, 'suspended');

    expect(await readSuspension({ db, user }, { slug: team.teamSlug })).toEqual({
      team: 'Harbour',
      since: expect.any(Date),
      contacts: [
        { name: owner.name, email: owner.email, role: 'owner' },
        { name: admin.name, email: admin.email, role: 'admin' },
      ],
    });
  }),
);

test(
  'to anyone else the team looks absent: active members, removed ones, strangers, and if it was deleted',
  withDb(async (db) => {
    const team = await aTeam(db);
    const at = { slug: team.teamSlug };
    const [active, removed, suspended] = [await aUser(db), await aUser(db), await aUser(db)];
    await aMembership(db, active, 'member', team);
    const { memberId } = await aMembership(db, removed, 'member', team);
    await db.update(members).set({ status: 'removed' }).where(eq(members.id, memberId));
    await aMembership(db, suspended, 'member', team, 'suspended');

    for (const user of [active, removed, await aUser(db)])
      expect(await readSuspension({ db, user }, at)).toBeNull();
    expect(await readSuspension({ db, user: suspended }, { slug: 'elsewhere' })).toBeNull();
    await db.update(teams).set({ deletedAt: new Date() }).where(eq(teams.id, team.teamId));
    expect(await readSuspension({ db, user: suspended }, at)).toBeNull();
  }),
);

test('anything that isn’t a slug is rejected before the database sees it', () => {
  for (const slug of ['', 'A', 'a/b', 'a\0', 'a'.repeat(61), null])
    expect(SuspensionOf.safeParse({ slug }).success).toBe(false);
});
