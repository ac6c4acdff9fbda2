import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { invitations, members, teams } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { listMembers } from '#lib/members/list-members.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember, aUser } from '#tests/support/factories.ts';
import { anInvitation } from '#tests/support/invitations.ts';
import { aMembership } from '#tests/support/people.ts';
import { settings } from '#tests/support/settings.ts';
import { cancelInvitation } from './cancel-invitation.ts';
import { findInvitation } from './find-invitation.ts';

const nobody = null;

test(
  'a new person sees who invited them, to which team, with which role; viewing uses nothing',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const { token, email } = await anInvitation(db, member, { role: 'admin', message: '<b>Hi</b>' });
    const before = await db.select().from(invitations);

    for (let i = 0; i < 3; i++)
      expect(await findInvitation({ db, user: nobody, settings }, { token })).toMatchObject({
        state: 'new_person',
        invitation: { inviter: member.name, role: 'admin', message: '<b>Hi</b>', email, name: 'Grace Guest' },
      });
    expect(await db.select().from(invitations)).toEqual(before);
  }),
);

test(
  "the page's options depend on who is signed in",
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const invited = await aUser(db);
    const { token } = await anInvitation(db, member, { email: invited.email });
    const other = await aUser(db);

    expect(await findInvitation({ db, user: nobody, settings }, { token })).toMatchObject({
      state: 'sign_in',
    });
    expect(await findInvitation({ db, user: invited, settings }, { token })).toMatchObject({
      state: 'ready',
    });
    expect(await findInvitation({ db, user: other, settings }, { token })).toMatchObject({
      ...{ state: 'other_person', signedInAs: other.email },
    });
    await db.insert(members).values({ teamId: member.teamId, userId: invited.userId, role: 'member' });
    expect(await findInvitation({ db, user: invited, settings }, { token })).toEqual({
      ...{ state: 'already_member', slug: member.teamSlug, team: `Team ${member.teamSlug}` },
    });
  }),
);

test(
  'an expired invitation shows only the team, the inviter and who to ask',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const { token } = await anInvitation(db, member);
    await db.update(invitations).set({ expiresAt: new Date(0) });

    expect(await findInvitation({ db, user: nobody, settings }, { token })).toEqual({
      ...{ state: 'expired', team: `Team ${member.teamSlug}`, inviter: member.name, contact: member.name },
    });
  }),
);

const KILLED: [string, (db: Db, inviter: Member) => Promise<unknown>][] = [
  ['cancelled', (db) => db.update(invitations).set({ cancelledAt: new Date() })],
  ['used', (db) => db.update(invitations).set({ acceptedAt: new Date() })],
  ['superseded', (db) => db.update(invitations).set({ generation: 2, tokenDigest: new Uint8Array(32) })],
  ['from a deleted team', (db) => db.update(teams).set({ deletedAt: new Date() })],
];

test.each(KILLED)('an invitation that is %s shows no more than a made-up link', (_, kill) =>
  withDb(async (db) => {
    const inviter = await aMember(db, 'admin');
    const { token, email } = await anInvitation(db, inviter);
    await kill(db, inviter);

    for (const user of [nobody, await aUser(db, { email })])
      expect(await findInvitation({ db, user, settings }, { token })).toEqual({ state: 'unusable' });
  })(),
);

/** How the sender of an invitation can lose the right to invite. */
const INVITER_GONE: [string, Partial<typeof members.$inferInsert>][] = [
  ['removed', { status: 'removed' }],
  ['suspended', { status: 'suspended' }],
  ['demoted', { role: 'member' }],
];

test.each(INVITER_GONE)(
  'an invitation stays valid if its inviter is %s; the contact is then an owner',
  (_, values) =>
    withDb(async (db) => {
      const owner = await aMember(db, 'owner');
      await db.update(users).set({ name: 'Olive Owner' }).where(eq(users.id, owner.userId));
      const inviter = await aMember(db, 'admin', owner);
      const { token, email } = await anInvitation(db, inviter);
      const contact = async () => {
        await db.update(invitations).set({ expiresAt: new Date(0) });
        const found = await findInvitation({ db, user: nobody, settings }, { token });
        await db.update(invitations).set({ expiresAt: new Date(Date.now() + 3_600_000) });
        return found.state === 'expired' && found.contact;
      };
      expect(await contact()).toBe(inviter.name);

      await db.update(members).set(values).where(eq(members.id, inviter.memberId));

      expect(await findInvitation({ db, user: nobody, settings }, { token })).toMatchObject({
        ...{ state: 'new_person', invitation: { inviter: inviter.name, email } },
      });
      expect(await contact()).toBe('Olive Owner');
      const { people } = await listMembers({ db, member: owner }, { status: 'pending' });
      expect(people).toMatchObject([{ email, link: 'open' }]);
    })(),
);

test(
  'an admin’s invitation sent by an owner who became admin still works, but the contact is an owner',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const other = await aMember(db, 'owner', owner);
    await db.update(users).set({ name: 'Other Owner' }).where(eq(users.id, other.userId));
    const { token } = await anInvitation(db, owner, { role: 'admin' });
    await db.update(members).set({ role: 'admin' }).where(eq(members.id, owner.memberId));

    expect(await findInvitation({ db, user: nobody, settings }, { token })).toMatchObject({
      state: 'new_person',
    });
    await db.update(invitations).set({ expiresAt: new Date(0) });
    expect(await findInvitation({ db, user: nobody, settings }, { token })).toMatchObject({
      contact: 'Other Owner',
    });
  }),
);

test(
  'the list and the link agree: open, expired, no seats left, canceled',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const { id, token } = await anInvitation(db, owner);
    const both = async () => {
      const { people } = await listMembers({ db, member: owner }, { status: 'pending' });
      return [people[0]?.link, (await findInvitation({ db, user: nobody, settings }, { token })).state];
    };

    expect(await both()).toEqual(['open', 'new_person']);
    await db.update(teams).set({ membersMax: 1 }).where(eq(teams.id, owner.teamId));
    expect(await both()).toEqual(['team_full', 'team_full']);
    await db.update(invitations).set({ expiresAt: new Date(0) });
    expect(await both()).toEqual(['expired', 'expired']);
    await cancelInvitation({ db, member: owner }, { invitationId: id });
    expect(await both()).toEqual([undefined, 'unusable']);
  }),
);

test(
  'a suspended person’s invitation says they’re a member, and the team tells them why it’s closed',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const invited = await aUser(db);
    const { token } = await anInvitation(db, owner, { email: invited.email });
    await aMembership(db, invited, 'member', owner, 'suspended');

    expect(await findInvitation({ db, user: invited, settings }, { token })).toMatchObject({
      ...{ state: 'already_member', slug: owner.teamSlug },
    });
  }),
);

test(
  'invalid text finds nothing',
  withDb(async (db) => {
    const { id, token } = await anInvitation(db, await aMember(db, 'owner'));
    const garbage = [
      '',
      '.',
      'x',
      `${token}x`,
      token.slice(1),
      `${id}.`,
      `${id}.${token}`,
      `.${token}`,
      "' or 1=1 --",
      '\u0000',
    ];
    for (const each of garbage)
      expect(await findInvitation({ db, user: nobody, settings }, { token: each }), each).toEqual({
        state: 'unusable',
      });
  }),
);
