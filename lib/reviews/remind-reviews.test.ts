import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { outbox } from '#db/schema/mail.ts';
import { members, membershipReviews, teams } from '#db/schema/teams.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aMember, aTeam } from '#tests/support/factories.ts';
import { settings } from '#tests/support/settings.ts';
import { remindReviews } from './remind-reviews.ts';

const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
const recipients = async (db: Db) => (await db.select().from(outbox)).map((mail) => mail.recipient).sort();

async function aTeamOfTwo(db: Db, values: Partial<typeof teams.$inferInsert>) {
  const owner = await aMember(db, 'owner', await aTeam(db, values));
  return { owner, admin: await aMember(db, 'admin', owner) };
}

test(
  'active owners get one email per due review',
  withDb(async (db) => {
    const { owner } = await aTeamOfTwo(db, { createdAt: ago(91) });
    const away = await aMember(db, 'owner', owner);
    await db.update(members).set({ status: 'suspended' }).where(eq(members.id, away.memberId));
    await aTeamOfTwo(db, { createdAt: ago(89) });
    await aTeamOfTwo(db, { createdAt: ago(500), deletedAt: ago(1) });
    await aMember(db, 'owner', await aTeam(db, { createdAt: ago(500) })); // A single member: nobody to review.

    expect(await remindReviews({ db, settings })).toBe(1);
    expect(await remindReviews({ db, settings })).toBe(0);
    expect(await recipients(db)).toEqual([owner.email]);

    // Finished 40 days ago with an interval of 30 and reminded before that, so it's due again.
    const { teamId, memberId } = owner;
    const dates = { startedAt: ago(41), finishedAt: ago(40) };
    await db.insert(membershipReviews).values({ teamId, startedBy: memberId, ...dates });
    await db
      .update(teams)
      .set({ reviewRemindedAt: ago(50) })
      .where(eq(teams.id, teamId));
    expect(await remindReviews({ db, settings })).toBe(0);
    await db.update(teams).set({ reviewDays: 30 }).where(eq(teams.id, teamId));
    expect(await remindReviews({ db, settings })).toBe(1);
    expect(await remindReviews({ db, settings })).toBe(0);
    expect(await recipients(db)).toEqual([owner.email, owner.email]);
  }),
);

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('if eight processes send reminders at the same time, one email is sent', async () => {
  const { owner } = await aTeamOfTwo(own.db, { createdAt: ago(100) });

  const counts = await Promise.all(Array.from({ length: 8 }, () => remindReviews({ db: own.db, settings })));

  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  expect(await recipients(own.db)).toEqual([owner.email]);
});
