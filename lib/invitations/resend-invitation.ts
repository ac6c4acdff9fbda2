import { and, eq, isNull, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Db } from '#db/client.ts';
import { invitations } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { lockTeam } from '#lib/members/membership.ts';
import { inviteAction } from '#lib/members/role-title.ts';
import { seatsLeft, seatsOf } from '#lib/members/seats.ts';
import type { OneInvitation } from './input.ts';
import { INVITATION_HOURS, invitationDigest } from './invitation-link.ts';
import { mailInvitation } from './mail-invitation.ts';
import { takeInvitation } from './throttle.ts';

type Resent = { ok: true; email: string } | { ok: false; reason: 'not_found' | 'too_often' | 'no_seat' };

/** Sends an open invitation again with a new link; the older link stops working. The actor becomes its inviter. */
export async function resendInvitation(
  { db, member, settings }: { db: Db; member: Member; settings: Settings },
  { invitationId }: z.output<typeof OneInvitation>,
): Promise<Resent> {
  authorize(member, 'invitation.manage');

  return db.transaction(async (tx) => {
    const { actor, teamName } = await lockTeam(tx, member);
    const open = and(
      eq(invitations.id, invitationId),
      eq(invitations.teamId, member.teamId),
      isNull(invitations.acceptedAt),
      isNull(invitations.cancelledAt),
    );
    const [row] = await tx
      .select({
        email: invitations.email,
        name: invitations.name,
        role: invitations.role,
        message: invitations.message,
        generation: invitations.generation,
        expired: sql<boolean>`${invitations.expiresAt} <= now()`,
      })
      .from(invitations)
      .where(open)
      .for('update');
    if (!row) return { ok: false, reason: 'not_found' };
    authorize(actor, inviteAction(row.role));
    // An expired invitation no longer holds a seat.
    if (row.expired && seatsLeft(await seatsOf(tx, member.teamId)) === 0)
      return { ok: false, reason: 'no_seat' };
    if (!(await takeInvitation(tx, member.teamId, row.email))) return { ok: false, reason: 'too_often' };

    const version = { id: invitationId, generation: row.generation + 1 };
    const [renewed] = await tx
      .update(invitations)
      .set({
        generation: version.generation,
        tokenDigest: invitationDigest(settings, version),
        invitedBy: member.memberId,
        sentAt: sql`now()`,
        expiresAt: sql`now() + make_interval(hours => ${INVITATION_HOURS})`,
        askedAgainAt: null,
      })
      .where(open)
      .returning({ expiresAt: invitations.expiresAt });
    const { email } = row;
    const from = { inviter: actor.name, team: teamName };
    await mailInvitation({ db: tx, settings }, from, { ...row, ...version, expiresAt: renewed!.expiresAt });
    const subject = { kind: 'invitation' as const, id: invitationId };
    await recordAudit(tx, member, 'invitation.resend', subject, { after: { email, role: row.role } });
    return { ok: true, email };
  });
}
