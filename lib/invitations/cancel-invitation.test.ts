import { expect, test } from 'vitest';
import { invitations } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember } from '#tests/support/factories.ts';
import { anInvitation } from '#tests/support/invitations.ts';
import { settings } from '#tests/support/settings.ts';
import { cancelInvitation } from './cancel-invitation.ts';
import { findInvitation } from './find-invitation.ts';

test(
  'the link stops working, and the address can be invited again',
  withDb(async (db) => {
    const member = await aMember(db, 'admin');
    const { id, token, email } = await anInvitation(db, member);

    expect(await cancelInvitation({ db, member }, { invitationId: id })).toEqual({ ok: true });
    expect(await cancelInvitation({ db, member }, { invitationId: id })).toEqual({
      ok: false,
      reason: 'not_found',
    });

    expect(await findInvitation({ db, user: null, settings }, { token })).toEqual({ state: 'unusable' });
    expect((await auditTrail(db)).map(({ action }) => action)).toEqual([
      ...['member.invite', 'invitation.cancel'],
    ]);
    expect(await anInvitation(db, member, { email })).toMatchObject({ email });
  }),
);

test(
  "another team's invitation looks absent and stays open, and members are rejected",
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const { id } = await anInvitation(db, owner);

    const stranger = await aMember(db, 'owner');
    expect(await cancelInvitation({ db, member: stranger }, { invitationId: id })).toEqual({
      ...{ ok: false, reason: 'not_found' },
    });
    const member = await aMember(db, 'member', owner);
    await expect(cancelInvitation({ db, member }, { invitationId: id })).rejects.toThrow(Forbidden);
    expect(await db.select().from(invitations)).toMatchObject([{ cancelledAt: null }]);
  }),
);
