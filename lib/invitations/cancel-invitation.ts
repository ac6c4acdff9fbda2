import { and, eq, isNull, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Db } from '#db/client.ts';
import { invitations } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { lockTeam } from '#lib/members/membership.ts';
import type { OneInvitation } from './input.ts';

/** Cancels an open invitation, so that its link stops working. If it is accepted at the same time, exactly one succeeds. */
export async function cancelInvitation(
  { db, member }: { db: Db; member: Member },
  { invitationId }: z.output<typeof OneInvitation>,
): Promise<{ ok: true } | { ok: false; reason: 'not_found' }> {
  authorize(member, 'invitation.manage');

  return db.transaction(async (tx) => {
    const { actor } = await lockTeam(tx, member);
    authorize(actor, 'invitation.manage');
    const [row] = await tx
      .update(invitations)
      .set({ cancelledAt: sql`now()` })
      .where(
        and(
          eq(invitations.id, invitationId),
          eq(invitations.teamId, member.teamId),
          isNull(invitations.acceptedAt),
          isNull(invitations.cancelledAt),
        ),
      )
      .returning({ email: invitations.email, role: invitations.role });
    if (!row) return { ok: false, reason: 'not_found' };
    const subject = { kind: 'invitation' as const, id: invitationId };
    await recordAudit(tx, member, 'invitation.cancel', subject, { before: row });
    return { ok: true };
  });
}
