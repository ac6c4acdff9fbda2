import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { invitations, members, teams } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember, aUser } from '#tests/support/factories.ts';
import { anInvitation } from '#tests/support/invitations.ts';
import { settings } from '#tests/support/settings.ts';
import { findInvitation } from './find-invitation.ts';

const nobody = null;

test(
  'a new person sees who invites where, as what, and why; nothing is used up',
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
  'what the page offers depends on who is signed in',
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
  'an expired one names team and inviter only',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const { token } = await anInvitation(db, member);
    await db.update(invitations).set({ expiresAt: new Date(0) });

    expect(await findInvitation({ db, user: nobody, settings }, { token })).toEqual({
      ...{ state: 'expired', team: `Team ${member.teamSlug}`, inviter: member.name },
    });
  }),
);

const KILLED: [string, (db: Db, inviter: Member) => Promise<unknown>][] = [
  ['cancelled', (db) => db.update(invitations).set({ cancelledAt: new Date() })],
  ['used', (db) => db.update(invitations).set({ acceptedAt: new Date() })],
  ['superseded', (db) => db.update(invitations).set({ generation: 2, tokenDigest: new Uint8Array(32) })],
  ['of a deleted team', (db) => db.update(teams).set({ deletedAt: new Date() })],
  [
    'of a removed inviter',
    (db, { memberId }) => db.update(members).set({ status: 'removed' }).where(eq(members.id, memberId)),
  ],
  [
    'of a suspended inviter',
    (db, { memberId }) => db.update(members).set({ status: 'suspended' }).where(eq(members.id, memberId)),
  ],
  [
    'of a demoted inviter',
    (db, { memberId }) => db.update(members).set({ role: 'member' }).where(eq(members.id, memberId)),
  ],
];

test.each(KILLED)('one %s says no more than an invented one', (_, kill) =>
  withDb(async (db) => {
    const inviter = await aMember(db, 'admin');
    const { token, email } = await anInvitation(db, inviter);
    await kill(db, inviter);

    for (const user of [nobody, await aUser(db, { email })])
      expect(await findInvitation({ db, user, settings }, { token })).toEqual({ state: 'unusable' });
  })(),
);

test(
  'an owner who became admin no longer lets in admins, but members',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const high = await anInvitation(db, owner, { role: 'admin' });
    const plain = await anInvitation(db, owner);
    await db.update(members).set({ role: 'admin' }).where(eq(members.id, owner.memberId));

    expect(await findInvitation({ db, user: nobody, settings }, high)).toEqual({ state: 'unusable' });
    expect(await findInvitation({ db, user: nobody, settings }, plain)).toMatchObject({
      state: 'new_person',
    });
  }),
);

test(
  'garbage finds nothing',
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
