import { and, eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { members } from '#db/schema/teams.ts';
import { raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import type { OneMember } from './input.ts';
import { authorizeOver, findColleague, lockTeam } from './membership.ts';
import { seatsLeft, seatsOf } from './seats.ts';

type Activated = { ok: true } | { ok: false; reason: 'not_found' | 'self' | 'already_active' | 'no_seat' };

/** Reactivates a suspended member and their own key. A key that was revoked in the meantime stays revoked. */
export async function activateMember(
  { db, member }: { db: Queryable; member: Member },
  { memberId }: z.output<typeof OneMember>,
): Promise<Activated> {
  authorize(member, 'member.suspend');
  if (memberId === member.memberId) return { ok: false, reason: 'self' };

  return db.transaction(async (tx) => {
    const { actor } = await lockTeam(tx, member);
    const colleague = await findColleague(tx, actor, memberId);
    if (!colleague) return { ok: false, reason: 'not_found' };
    authorizeOver(actor, 'member.suspend', colleague.role);
    if (colleague.status === 'active') return { ok: false, reason: 'already_active' };
    if (seatsLeft(await seatsOf(tx, actor.teamId)) === 0) return { ok: false, reason: 'no_seat' };

    await tx
      .update(members)
      .set({ status: 'active', statusAt: sql`now()` })
      .where(and(eq(members.teamId, actor.teamId), eq(members.id, memberId)));
    const { name, email } = colleague;
    const subject = { kind: 'member' as const, id: memberId };
    await recordAudit(tx, actor, 'member.activate', subject, { after: { name, email } });
    // Nothing to wait for, but gateways still have the member's key cached as rejected.
    await raiseEpoch(tx, { kind: 'member', id: memberId });
    return { ok: true };
  });
}
