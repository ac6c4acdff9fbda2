import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { invitations, members } from '#db/schema/teams.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember } from '#tests/support/factories.ts';
import { anInvitation, mailsOf, tokenOfLink } from '#tests/support/invitations.ts';
import { settings } from '#tests/support/settings.ts';
import { requestNewInvitation } from './request-new-invitation.ts';
import { resendInvitation } from './resend-invitation.ts';

const expire = { expiresAt: new Date(0) };

test(
  'the inviter is notified once per expired link',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const { id, token, email } = await anInvitation(db, member);
    await db.update(invitations).set(expire);

    for (let i = 0; i < 3; i++)
      expect(await requestNewInvitation({ db, settings }, { token })).toBeUndefined();
    expect(await mailsOf(db, 'invitation-asked-again')).toMatchObject([
      { to: member.email, props: { invited: `Grace Guest (${email})` } },
    ]);

    await resendInvitation({ db, member, settings }, { invitationId: id });
    await db.update(invitations).set(expire);
    await requestNewInvitation({ db, settings }, { token });
    expect(await mailsOf(db, 'invitation-asked-again')).toHaveLength(1);
    const renewed = tokenOfLink((await mailsOf(db, 'invitation'))[1]!.props.link);
    await requestNewInvitation({ db, settings }, { token: renewed });
    expect(await mailsOf(db, 'invitation-asked-again')).toHaveLength(2);
  }),
);

test.each([
  ['a link that works', {}],
  ['a cancelled one', { ...expire, cancelledAt: new Date() }],
  ['a used one', { ...expire, acceptedAt: new Date() }],
])('for %s nothing happens', (_, state) =>
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const { token } = await anInvitation(db, member);
    await db.update(invitations).set({ message: '', ...state });

    expect(await requestNewInvitation({ db, settings }, { token })).toBeUndefined();
    expect(await mailsOf(db, 'invitation-asked-again')).toEqual([]);
  })(),
);

test(
  'a made-up link notifies nobody; once the inviter left, an owner is notified',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const inviter = await aMember(db, 'admin', owner);
    const { token } = await anInvitation(db, inviter);
    await db.update(invitations).set(expire);
    await db.update(members).set({ status: 'removed' }).where(eq(members.id, inviter.memberId));

    for (const each of [token, 'x'])
      expect(await requestNewInvitation({ db, settings }, { token: each })).toBeUndefined();
    expect(await mailsOf(db, 'invitation-asked-again')).toMatchObject([{ to: owner.email }]);
  }),
);
