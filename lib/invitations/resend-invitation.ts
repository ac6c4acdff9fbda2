import { and, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { invitations } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { lockTeam } from '#lib/members/membership.ts';
import { inviteAction } from '#lib/members/role-title.ts';
import { seatsLeft, seatsOf } from '#lib/members/seats.ts';
import { INVITATION_HOURS, invitationDigest } from './invitation-link.ts';
import { mailInvitation } from './mail-invitation.ts';
import { mayMail } from './throttle.ts';

export const OneInvitation = z.object({ invitationId: z.uuid() });

type Resent = { ok: true; email: string } | { ok: false; reason: 'not_found' | 'too_often' | 'no_seat' };

/** Sends an open invitation again with a new link; the older one is dead. Who resends it vouches for it from then on. */
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
        ranOut: sql<boolean>`${invitations.expiresAt} <= now()`,
      })
      .from(invitations)
      .where(open)
      .for('update');
    if (!row) return { ok: false, reason: 'not_found' };
    authorize(actor, inviteAction(row.role));
    // One that ran out gave its seat back.
    if (row.ranOut && seatsLeft(await seatsOf(tx, member.teamId)) === 0)
      return { ok: false, reason: 'no_seat' };
    if (!(await mayMail(tx, member.teamId, row.email))) return { ok: false, reason: 'too_often' };

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
