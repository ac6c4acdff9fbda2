import { and, eq, ne } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { members } from '#db/schema/teams.ts';
import { confirmEpoch, type Receipt } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { endMembership } from './end-membership.ts';
import { lockTeam } from './membership.ts';

type Refused = { ok: false; reason: 'last_owner' };
type Left = { ok: true; receipt: Receipt } | Refused;

/** Ends the actor's membership and permanently revokes their own keys. The last active owner can't leave. */
export async function leaveTeam({ db, member }: { db: Queryable; member: Member }): Promise<Left> {
  authorize(member, 'member.leave');

  const done = await db.transaction(async (tx): Promise<Refused | { ok: true; epoch: number }> => {
    const { actor } = await lockTeam(tx, member);
    if (actor.role === 'owner' && (await otherOwners(tx, actor)) === 0)
      return { ok: false, reason: 'last_owner' };

    const subject = { kind: 'member' as const, id: actor.memberId };
    await recordAudit(tx, actor, 'member.leave', subject, { before: { role: actor.role } });
    const { epoch } = await endMembership(tx, actor, actor.memberId, 'keep');
    return { ok: true, epoch };
  });
  return done.ok ? { ok: true, receipt: await confirmEpoch(db, done.epoch) } : done;
}

/** Active owners other than the actor. Call it under `lockTeam`. */
function otherOwners(tx: Queryable, actor: Member): Promise<number> {
  return tx.$count(
    members,
    and(
      eq(members.teamId, actor.teamId),
      eq(members.role, 'owner'),
      eq(members.status, 'active'),
      ne(members.id, actor.memberId),
    ),
  );
}
