import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { users } from '#db/schema/accounts.ts';
import { members, teams } from '#db/schema/teams.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember, aUser } from '#tests/support/factories.ts';
import { findMember, needsTwoFactor } from './member.ts';

test(
  'a team that requires two-factor authentication opens once it is on, not when set-up has only begun',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const user = { ...(await aUser(db)), userId: member.userId };
    const gate = async () => [
      (await findMember(db, user, member.teamSlug))?.memberId ?? null,
      await needsTwoFactor(db, user, member.teamSlug),
    ];
    const [team] = await db.select({ name: teams.name }).from(teams).where(eq(teams.id, member.teamId));
    expect(await gate()).toEqual([member.memberId, null]);

    await db.update(teams).set({ requiresTwoFactor: true }).where(eq(teams.id, member.teamId));
    expect(await gate()).toEqual([null, team!.name]);
    await db.update(users).set({ totpSealed: 'begun' }).where(eq(users.id, user.userId));
    expect(await gate()).toEqual([null, team!.name]);

    await db.update(users).set({ totpConfirmedAt: new Date() }).where(eq(users.id, user.userId));
    expect(await gate()).toEqual([member.memberId, null]);
  }),
);

test(
  'someone who isn’t an active member doesn’t learn that the team requires it',
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    await db.update(teams).set({ requiresTwoFactor: true }).where(eq(teams.id, member.teamId));
    const user = { ...(await aUser(db)), userId: member.userId };

    expect(await needsTwoFactor(db, await aUser(db), member.teamSlug)).toBeNull();
    await db.update(members).set({ status: 'suspended' }).where(eq(members.id, member.memberId));
    expect(await needsTwoFactor(db, user, member.teamSlug)).toBeNull();
    await db.update(members).set({ status: 'active' }).where(eq(members.id, member.memberId));
    await db.update(teams).set({ deletedAt: new Date() }).where(eq(teams.id, member.teamId));
    expect(await needsTwoFactor(db, user, member.teamSlug)).toBeNull();
  }),
);
