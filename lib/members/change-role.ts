import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { memberRole, members } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';
import { OneMember } from './input.ts';
import { findColleague, lockTeam } from './membership.ts';
import { roleTitle } from './role-title.ts';

export const ChangeRole = OneMember.extend({
  role: z.enum(memberRole.enumValues, { error: 'Choose a role.' }),
});

type Changed = { ok: true } | { ok: false; reason: 'not_found' | 'self' | 'unchanged' };

/** Changes another member's role, effective immediately. Nobody changes their own, so the acting owner stays owner. */
export async function changeRole(
  { db, member, settings }: { db: Queryable; member: Member; settings: Settings },
  { memberId, role }: z.output<typeof ChangeRole>,
): Promise<Changed> {
  authorize(member, 'member.change_role');
  if (memberId === member.memberId) return { ok: false, reason: 'self' };

  return db.transaction(async (tx) => {
    const { actor, teamName } = await lockTeam(tx, member);
    authorize(actor, 'member.change_role');
    const colleague = await findColleague(tx, actor, memberId);
    if (!colleague) return { ok: false, reason: 'not_found' };
    if (colleague.role === role) return { ok: false, reason: 'unchanged' };

    await tx
      .update(members)
      .set({ role })
      .where(and(eq(members.teamId, actor.teamId), eq(members.id, memberId)));
    await recordAudit(
      tx,
      actor,
      'member.change_role',
      { kind: 'member', id: memberId },
      { before: { role: colleague.role }, after: { role, name: colleague.name, email: colleague.email } },
    );
    await enqueueMail(
      { db: tx, settings },
      {
        to: colleague.email,
        template: 'role-changed',
        props: {
          name: colleague.name,
          team: teamName,
          by: actor.name,
          role: roleTitle(role),
          link: `${settings.portalUrl}/t/${actor.teamSlug}`,
        },
      },
    );
    return { ok: true };
  });
}
