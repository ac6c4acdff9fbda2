import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { confirmEpoch, type Receipt } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';
import { endMembership } from './end-membership.ts';
import { OneMember } from './input.ts';
import { authorizeOver, findColleague, lockTeam } from './membership.ts';

export const RemoveMember = OneMember.extend({
  applicationKeys: z
    .enum(['keep', 'revoke'], { error: 'Choose whether to keep or revoke the keys.' })
    .default('keep'),
});

type Refused = { ok: false; reason: 'not_found' | 'self' };
type Removed = { ok: true; receipt: Receipt; revokedKeys: number } | Refused;

/**
 * Removes a member from the team and permanently revokes their own keys and, if requested, the app keys they created.
 * They stay signed in for their other teams. Their activity stays in the logs under their name.
 */
export async function removeMember(
  { db, member, settings }: { db: Queryable; member: Member; settings: Settings },
  { memberId, applicationKeys }: z.output<typeof RemoveMember>,
): Promise<Removed> {
  authorize(member, 'member.remove');
  if (memberId === member.memberId) return { ok: false, reason: 'self' };

  const done = await db.transaction(
    async (tx): Promise<Refused | { ok: true; epoch: number; revoked: number }> => {
      const { actor, teamName } = await lockTeam(tx, member);
      const colleague = await findColleague(tx, actor, memberId);
      if (!colleague) return { ok: false, reason: 'not_found' };
      authorizeOver(actor, 'member.remove', colleague.role);

      const { name, email, role } = colleague;
      const subject = { kind: 'member' as const, id: memberId };
      await recordAudit(tx, actor, 'member.remove', subject, {
        before: { status: colleague.status, role },
        after: { name, email, applicationKeys },
      });
      const props = { name, team: teamName, by: actor.name };
      await enqueueMail({ db: tx, settings }, { to: email, template: 'member-removed', props });
      return { ok: true, ...(await endMembership(tx, actor, memberId, applicationKeys)) };
    },
  );
  if (!done.ok) return done;
  return { ok: true, receipt: await confirmEpoch(db, done.epoch), revokedKeys: done.revoked };
}
