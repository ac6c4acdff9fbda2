import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { outbox } from '#db/schema/mail.ts';
import { members, teams } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { findMember, type Member } from '#lib/access/member.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember, aTeam, aUser } from '#tests/support/factories.ts';
import { settings } from '#tests/support/settings.ts';
import { TEAMS_OWNED_MAX } from './create-team.ts';
import { DeleteTeam, deleteTeam } from './delete-team.ts';
import { listDeletedTeams, restoreTeam } from './restore-team.ts';

const epochOf = async (db: Db) => (await db.select().from(accessEpoch))[0]!.epoch;
const asUser = async (db: Db, member: Member) => ({ ...(await aUser(db)), userId: member.userId });

async function anOwnedTeam(db: Db, values: Partial<typeof teams.$inferInsert> = {}) {
  return aMember(db, 'owner', await aTeam(db, { name: 'Acme', ...values }));
}

test(
  'a deleted team disappears, every active owner gets an email, and one of them restores it',
  withDb(async (db) => {
    const member = await anOwnedTeam(db);
    const second = await aMember(db, 'owner', member);
    const gone = await aMember(db, 'owner', member);
    await db.update(members).set({ status: 'suspended' }).where(eq(members.id, gone.memberId));
    await aMember(db, 'admin', member);
    const epoch = await epochOf(db);

    expect(await deleteTeam({ db, member, settings }, { name: ' Acme ' })).toMatchObject({
      ok: true,
      receipt: { epoch: epoch + 1 },
    });

    const user = await asUser(db, second);
    expect(await findMember(db, user, member.teamSlug)).toBeNull();
    const mails = await db.select().from(outbox);
    expect(mails.map((mail) => mail.template)).toEqual(['team-deleted', 'team-deleted']);
    expect(mails.map((mail) => mail.recipient).sort()).toEqual([member.email, second.email].sort());
    const [listed] = await listDeletedTeams({ db, user });
    expect(listed).toMatchObject({ teamId: member.teamId, name: 'Acme' });
    expect(listed!.until.getTime() - listed!.deletedAt.getTime()).toBe(30 * 86_400_000);
    expect(await listDeletedTeams({ db, user: await asUser(db, gone) })).toEqual([]);

    const { teamId } = member;
    expect(await restoreTeam({ db, user }, { teamId })).toEqual({
      ...{ ok: true, slug: member.teamSlug, name: 'Acme' },
    });
    expect(await findMember(db, user, member.teamSlug)).toMatchObject({ role: 'owner' });
    expect(await epochOf(db)).toBe(epoch + 2);
    expect(await restoreTeam({ db, user }, { teamId })).toEqual({ ok: false, reason: 'not_found' });
    const lines = await auditTrail(db);
    expect(lines).toMatchObject([
      { action: 'team.delete', teamId, actorMemberId: member.memberId },
      { action: 'team.restore', teamId, actorUserId: second.userId },
    ]);
  }),
);

test(
  'a wrong name deletes nothing, and a team is deleted only once',
  withDb(async (db) => {
    const member = await anOwnedTeam(db);
    await anOwnedTeam(db, { name: 'Other' });
    const epoch = await epochOf(db);

    expect(await deleteTeam({ db, member, settings }, { name: 'Other' })).toEqual({
      ok: false,
      reason: 'name_differs',
    });
    expect(await db.$count(teams, sql`${teams.deletedAt} is not null`)).toBe(0);
    expect(await epochOf(db)).toBe(epoch);

    await deleteTeam({ db, member, settings }, { name: 'Acme' });
    expect(await deleteTeam({ db, member, settings }, { name: 'Acme' })).toEqual({
      ok: false,
      reason: 'not_found',
    });
    expect(await db.$count(outbox)).toBe(1);
  }),
);

test(
  'only an owner of the team can restore it, within 30 days',
  withDb(async (db) => {
    const days = (count: number) => new Date(Date.now() - count * 86_400_000);
    const late = await anOwnedTeam(db, { deletedAt: days(30.01) });
    const inTime = await anOwnedTeam(db, { deletedAt: days(29.99) });
    const admin = await aMember(db, 'admin', inTime);
    const restore = async (who: Member, { teamId }: Member) =>
      (await restoreTeam({ db, user: await asUser(db, who) }, { teamId })).ok;

    expect(await restore(late, late)).toBe(false);
    expect(await restore(admin, inTime)).toBe(false);
    expect(await restore(late, inTime)).toBe(false);
    expect(await listDeletedTeams({ db, user: await asUser(db, late) })).toEqual([]);
    expect(await restore(inTime, inTime)).toBe(true);
  }),
);

test.each(['admin', 'member'] as const)('%ss can’t delete the team', async (role) => {
  await withDb(async (db) => {
    const member = await aMember(db, role);
    await expect(deleteTeam({ db, member, settings }, { name: 'Acme' })).rejects.toThrow(Forbidden);
  })();
});

test(
  'someone at the limit of owned teams can restore one only after deleting another',
  withDb(async (db) => {
    const member = await anOwnedTeam(db, { deletedAt: new Date() });
    const user = await asUser(db, member);
    const others = [];
    for (let i = 0; i < TEAMS_OWNED_MAX; i++) {
      const { teamId } = await aTeam(db);
      await db.insert(members).values({ teamId, userId: member.userId, role: 'owner' });
      others.push(teamId);
    }
    const restore = () => restoreTeam({ db, user }, { teamId: member.teamId });

    expect(await restore()).toEqual({ ok: false, reason: 'too_many_teams' });
    await db.update(teams).set({ deletedAt: new Date() }).where(eq(teams.id, others[0]!));
    expect(await restore()).toMatchObject({ ok: true });
  }),
);

test('a name that no team can have is rejected before the lookup', () => {
  expect(DeleteTeam.safeParse({ name: 'a\0b' }).success).toBe(false);
  expect(DeleteTeam.safeParse({ name: 'Änderung & Co, 東京' }).success).toBe(true);
});
