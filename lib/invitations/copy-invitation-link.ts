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
import type { OneInvitation } from './input.ts';
import { invitationLink } from './invitation-link.ts';

type Copied = { ok: true; link: string } | { ok: false; reason: 'not_found' | 'expired' };

/**
 * A link of an open invitation to share by other means. Anyone who has it could join in the invited person's name, so the
 * actor needs the permission to invite with that role. Unlike the emailed link, it doesn't verify the mailbox.
 */
export async function copyInvitationLink(
  { db, member, settings }: { db: Db; member: Member; settings: Settings },
  { invitationId }: z.output<typeof OneInvitation>,
): Promise<Copied> {
  authorize(member, 'invitation.manage');

  return db.transaction(async (tx) => {
    const { actor } = await lockTeam(tx, member);
    const [row] = await tx
      .select({
        id: invitations.id,
        generation: invitations.generation,
        email: invitations.email,
        role: invitations.role,
        expired: sql<boolean>`${invitations.expiresAt} <= now()`,
      })
      .from(invitations)
      .where(
        and(
          eq(invitations.id, invitationId),
          eq(invitations.teamId, member.teamId),
          isNull(invitations.acceptedAt),
          isNull(invitations.cancelledAt),
        ),
      );
    if (!row) return { ok: false, reason: 'not_found' };
    authorize(actor, inviteAction(row.role));
    if (row.expired) return { ok: false, reason: 'expired' };

    const subject = { kind: 'invitation' as const, id: row.id };
    await recordAudit(tx, member, 'invitation.copy_link', subject, { after: { email: row.email } });
    return { ok: true, link: invitationLink(settings, row, 'copied') };
  });
}
