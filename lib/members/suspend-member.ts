import { and, eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { members } from '#db/schema/teams.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';
import type { OneMember } from './input.ts';
import { authorizeOver, findColleague, lockTeam } from './membership.ts';

type Refused = { ok: false; reason: 'not_found' | 'self' | 'already_suspended' };
type Suspended = { ok: true; receipt: Receipt } | Refused;

/**
 * Suspends a member until someone reactivates them: they can't open this team, and every gateway in the receipt rejects
 * their own keys. They stay signed in for their other teams, and app keys they created keep working.
 */
export async function suspendMember(
  { db, member, settings }: { db: Queryable; member: Member; settings: Settings },
  { memberId }: z.output<typeof OneMember>,
): Promise<Suspended> {
  authorize(member, 'member.suspend');
  if (memberId === member.memberId) return { ok: false, reason: 'self' };

  const done = await db.transaction(async (tx): Promise<Refused | { ok: true; epoch: number }> => {
    const { actor, teamName } = await lockTeam(tx, member);
    const colleague = await findColleague(tx, actor, memberId);
    if (!colleague) return { ok: false, reason: 'not_found' };
    authorizeOver(actor, 'member.suspend', colleague.role);
    if (colleague.status === 'suspended') return { ok: false, reason: 'already_suspended' };

    await tx
      .update(members)
      .set({ status: 'suspended', statusAt: sql`now()` })
      .where(and(eq(members.teamId, actor.teamId), eq(members.id, memberId)));
    const { name, email } = colleague;
    const subject = { kind: 'member' as const, id: memberId };
    await recordAudit(tx, actor, 'member.suspend', subject, { after: { name, email } });
    const props = { name, team: teamName, by: actor.name };
    await enqueueMail({ db: tx, settings }, { to: email, template: 'member-suspended', props });
    return { ok: true, epoch: await raiseEpoch(tx, { kind: 'member', id: memberId }) };
  });
  return done.ok ? { ok: true, receipt: await confirmEpoch(db, done.epoch) } : done;
}
