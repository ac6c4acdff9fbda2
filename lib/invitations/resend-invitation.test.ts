import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { outbox } from '#db/schema/mail.ts';
import { invitations, members } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember } from '#tests/support/factories.ts';
import { anInvitation, mailsOf, tokenOfLink } from '#tests/support/invitations.ts';
import { settings } from '#tests/support/settings.ts';
import { findInvitation } from './find-invitation.ts';
import { resendInvitation } from './resend-invitation.ts';

test(
  'a new link valid for 72 hours is sent, and the older one stops working',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const admin = await aMember(db, 'admin', owner);
    const { id, token, email } = await anInvitation(db, owner, { message: 'Come!' });
    await db.update(invitations).set({ expiresAt: new Date(0), askedAgainAt: new Date(0) });

    expect(await resendInvitation({ db, member: admin, settings }, { invitationId: id })).toEqual({
      ok: true,
      email,
    });

    const mails = await mailsOf(db, 'invitation');
    const renewed = tokenOfLink(mails[1]!.props.link);
    expect(renewed).not.toBe(token);
    expect(mails[1]).toMatchObject({ to: email, props: { message: 'Come!', inviter: admin.name } });
    expect(await findInvitation({ db, user: null, settings }, { token })).toEqual({ state: 'unusable' });
    expect(await findInvitation({ db, user: null, settings }, { token: renewed })).toMatchObject({
      state: 'new_person',
    });
    const [row] = await db.select().from(invitations);
    expect(row).toMatchObject({
      ...{ generation: 2, invitedBy: admin.memberId, askedAgainAt: null, mailId: mails[1]!.id },
    });
    expect(row!.expiresAt.getTime() - row!.sentAt.getTime()).toBe(72 * 3_600_000);
    expect((await auditTrail(db)).map(({ action }) => action)).toEqual([
      ...['member.invite', 'invitation.resend'],
    ]);
  }),
);

test(
  'the person who resends an invitation becomes its inviter',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const admin = await aMember(db, 'admin', owner);
    const { id } = await anInvitation(db, admin);
    await db.update(members).set({ status: 'removed' }).where(eq(members.id, admin.memberId));

    await resendInvitation({ db, member: owner, settings }, { invitationId: id });

    const token = tokenOfLink((await mailsOf(db, 'invitation'))[1]!.props.link);
    expect(await findInvitation({ db, user: null, settings }, { token })).toMatchObject({
      state: 'new_person',
    });
  }),
);

test(
  'the limit of five emails an hour per address applies',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const { id, email } = await anInvitation(db, member);
    for (let i = 0; i < 4; i++)
      expect(await resendInvitation({ db, member, settings }, { invitationId: id })).toEqual({
        ok: true,
        email,
      });

    expect(await resendInvitation({ db, member, settings }, { invitationId: id })).toEqual({
      ok: false,
      reason: 'too_often',
    });
    expect(await db.$count(outbox)).toBe(5);
  }),
);

test(
  "closed invitations and another team's look absent",
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const absent = { ok: false, reason: 'not_found' };
    const theirs = await anInvitation(db, await aMember(db, 'owner'));
    expect(await resendInvitation({ db, member, settings }, { invitationId: theirs.id })).toEqual(absent);
    for (const over of [{ cancelledAt: new Date() }, { acceptedAt: new Date() }]) {
      const { id } = await anInvitation(db, member);
      await db.update(invitations).set(over).where(eq(invitations.id, id));
      expect(await resendInvitation({ db, member, settings }, { invitationId: id })).toEqual(absent);
    }
  }),
);

test(
  'members can’t resend invitations, and admins can’t resend those for admins and owners',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const plain = await anInvitation(db, owner);
    const high = await anInvitation(db, owner, { role: 'admin' });

    for (const [role, { id }] of [
      ['member', plain],
      ['admin', high],
    ] as const) {
      const member = await aMember(db, role, owner);
      await expect(resendInvitation({ db, member, settings }, { invitationId: id })).rejects.toThrow(
        Forbidden,
      );
    }
    expect(await db.$count(outbox)).toBe(2);
  }),
);
