import { expect, test } from 'vitest';
import { invitations } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember } from '#tests/support/factories.ts';
import { anInvitation, tokenOfLink } from '#tests/support/invitations.ts';
import { settings } from '#tests/support/settings.ts';
import { copyInvitationLink } from './copy-invitation-link.ts';
import { findInvitation } from './find-invitation.ts';
import { resendInvitation } from './resend-invitation.ts';

async function copied(...args: Parameters<typeof copyInvitationLink>): Promise<string> {
  const outcome = await copyInvitationLink(...args);
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.link;
}

test(
  'the link works until the invitation is resent, and the emailed link keeps working',
  withDb(async (db) => {
    const member = await aMember(db, 'admin');
    const { id, token } = await anInvitation(db, member);

    const link = await copied({ db, member, settings }, { invitationId: id });

    expect(link).toBe(await copied({ db, member, settings }, { invitationId: id }));
    expect(link.startsWith(`${settings.portalUrl}/invitations/`)).toBe(true);
    const handed = tokenOfLink(link);
    expect(handed).not.toContain(token);
    for (const each of [handed, token])
      expect(await findInvitation({ db, user: null, settings }, { token: each })).toMatchObject({
        state: 'new_person',
      });
    await resendInvitation({ db, member, settings }, { invitationId: id });
    for (const each of [handed, token])
      expect(await findInvitation({ db, user: null, settings }, { token: each })).toEqual({
        state: 'unusable',
      });
    const trail = await auditTrail(db);
    expect(trail.filter(({ action }) => action === 'invitation.copy_link')).toHaveLength(2);
    expect(JSON.stringify([trail, await db.select().from(invitations)])).not.toContain(handed.split('.')[1]);
  }),
);

test(
  'an expired invitation is rejected',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const { id } = await anInvitation(db, member);
    await db.update(invitations).set({ expiresAt: new Date(0) });

    expect(await copyInvitationLink({ db, member, settings }, { invitationId: id })).toEqual({
      ok: false,
      reason: 'expired',
    });
  }),
);

test(
  "another team's invitation looks absent; members get no link, and admins none that makes an owner",
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const plain = await anInvitation(db, owner);
    const high = await anInvitation(db, owner, { role: 'owner' });

    const stranger = await aMember(db, 'owner');
    expect(await copyInvitationLink({ db, member: stranger, settings }, { invitationId: plain.id })).toEqual({
      ...{ ok: false, reason: 'not_found' },
    });
    for (const [role, { id }] of [
      ['member', plain],
      ['admin', high],
    ] as const) {
      const member = await aMember(db, role, owner);
      await expect(copyInvitationLink({ db, member, settings }, { invitationId: id })).rejects.toThrow(
        Forbidden,
      );
    }
  }),
);
