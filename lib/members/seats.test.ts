import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { invitations, members, teams } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Member } from '#lib/access/member.ts';
import { acceptAsNewPerson, acceptInvitation } from '#lib/invitations/accept-invitation.ts';
import { findInvitation } from '#lib/invitations/find-invitation.ts';
import { InviteMembers } from '#lib/invitations/input.ts';
import { inviteMembers } from '#lib/invitations/invite-members.ts';
import { resendInvitation } from '#lib/invitations/resend-invitation.ts';
import { ownDatabase, withDb } from '#tests/support/database.ts';
import { aMember, aTeam, aUser } from '#tests/support/factories.ts';
import { anInvitation } from '#tests/support/invitations.ts';
import { settings } from '#tests/support/settings.ts';
import { activateMember } from './activate-member.ts';
import { readSeats } from './seats.ts';

const anOwner = async (db: Db, membersMax: number | null) =>
  aMember(db, 'owner', await aTeam(db, { membersMax }));
const setMax = (db: Db, { teamId }: Member, membersMax: number | null) =>
  db.update(teams).set({ membersMax }).where(eq(teams.id, teamId));
const invite = (db: Db, member: Member, ...emails: string[]) =>
  inviteMembers(
    { db, member, settings },
    InviteMembers.parse({ people: emails.map((email) => ({ name: '', email })), role: 'member' }),
  );
const active = (db: Db, { teamId }: Member) => db.$count(members, eq(members.teamId, teamId));

test(
  'active members and open invitations take seats; invitations beyond the limit are rejected without an email',
  withDb(async (db) => {
    const member = await anOwner(db, 3);

    expect(await invite(db, member, 'a@example.com', 'b@example.com', 'c@example.com')).toEqual([
      { email: 'a@example.com', outcome: 'sent' },
      { email: 'b@example.com', outcome: 'sent' },
      { email: 'c@example.com', outcome: 'no_seat' },
    ]);
    expect(await readSeats({ db, member })).toEqual({ max: 3, active: 1, invited: 2 });
    // An invited person is reported as invited, with or without a seat.
    expect(await invite(db, member, 'a@example.com')).toMatchObject([{ outcome: 'already_invited' }]);
    await setMax(db, member, null);
    expect(await invite(db, member, 'c@example.com')).toMatchObject([{ outcome: 'sent' }]);
  }),
);

test(
  'expired and canceled invitations and those of other teams take no seat; resending one takes a seat',
  withDb(async (db) => {
    const member = await anOwner(db, 2);
    await anInvitation(db, await anOwner(db, null));
    const { id } = await anInvitation(db, member);
    await db
      .update(invitations)
      .set({ expiresAt: new Date(0) })
      .where(eq(invitations.id, id));
    expect(await readSeats({ db, member })).toMatchObject({ active: 1, invited: 0 });

    await setMax(db, member, 1);
    expect(await resendInvitation({ db, member, settings }, { invitationId: id })).toEqual({
      ok: false,
      reason: 'no_seat',
    });
    await setMax(db, member, 2);
    expect(await resendInvitation({ db, member, settings }, { invitationId: id })).toMatchObject({
      ok: true,
    });
    // It takes a seat from now on, so resending it again needs no further one.
    expect(await resendInvitation({ db, member, settings }, { invitationId: id })).toMatchObject({
      ok: true,
    });
  }),
);

test(
  'a lowered limit removes nobody and rejects new invitations until a seat is free',
  withDb(async (db) => {
    const member = await anOwner(db, 5);
    const user = await aUser(db);
    const known = await anInvitation(db, member, { email: user.email });
    const fresh = await anInvitation(db, member);
    await aMember(db, 'member', member);
    await setMax(db, member, 1);

    expect(await acceptInvitation({ db, user, settings }, known)).toEqual({ ok: false, reason: 'team_full' });
    expect(
      await acceptAsNewPerson(
        { db, ip: null, settings },
        { ...fresh, name: 'Grace', password: 'sunlit harbour ninety geese' },
      ),
    ).toEqual({ ok: false, reason: 'team_full' });
    expect(await findInvitation({ db, user, settings }, known)).toMatchObject({ state: 'team_full' });
    expect(await active(db, member)).toBe(2);

    await setMax(db, member, 3);
    expect(await findInvitation({ db, user, settings }, known)).toMatchObject({ state: 'ready' });
    expect(await acceptInvitation({ db, user, settings }, known)).toMatchObject({ ok: true });
  }),
);

test(
  'a suspended member can be reactivated only if there is a free seat',
  withDb(async (db) => {
    const member = await anOwner(db, 2);
    const { memberId } = await aMember(db, 'member', member);
    await db.update(members).set({ status: 'suspended' }).where(eq(members.id, memberId));
    await anInvitation(db, member);

    expect(await activateMember({ db, member }, { memberId })).toEqual({ ok: false, reason: 'no_seat' });
    await setMax(db, member, 3);
    expect(await activateMember({ db, member }, { memberId })).toEqual({ ok: true });
  }),
);

test(
  'someone who can’t invite can’t read the seats',
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    await expect(readSeats({ db, member })).rejects.toThrow(Forbidden);
  }),
);

test('twenty concurrent acceptances and twenty invitations don’t exceed the limit', async () => {
  const own = await ownDatabase();
  try {
    const { db } = own;
    const member = await anOwner(db, null);
    const guests = [];
    for (let i = 0; i < 20; i++) {
      const user = await aUser(db);
      // Inserted directly: this many would exceed the throttle.
      const { token } = await anInvitation(db, member, { email: user.email });
      guests.push({ user, token });
    }
    await setMax(db, member, 6);
    const accepted = await Promise.all(
      guests.map(({ user, token }) => acceptInvitation({ db, user, settings }, { token })),
    );
    expect(accepted.filter(({ ok }) => ok)).toHaveLength(5);
    expect(accepted.filter((one) => !one.ok && one.reason === 'team_full')).toHaveLength(15);
    expect(await active(db, member)).toBe(6);

    const second = await anOwner(db, 4);
    const invited = await Promise.all(
      Array.from({ length: 20 }, (_, i) => invite(db, second, `guest-${i}@example.com`)),
    );
    expect(invited.flat().filter(({ outcome }) => outcome === 'sent')).toHaveLength(3);
    expect(await readSeats({ db, member: second })).toEqual({ max: 4, active: 1, invited: 3 });
  } finally {
    await own.drop();
  }
});
