import { and, eq, isNull } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { members, teams } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Member } from '#lib/access/member.ts';

/**
 * Holds the team's row until the transaction ends, so that changes among its members happen one after another, and
 * reads what the actor is by then: of two owners who demote each other, the second is no owner any more.
 * Throws `Forbidden` when he is no active member by then.
 */
export async function lockTeam(tx: Queryable, member: Member): Promise<{ actor: Member; teamName: string }> {
  const [team] = await tx
    .select({ name: teams.name })
    .from(teams)
    .where(and(eq(teams.id, member.teamId), isNull(teams.deletedAt)))
    // Not `update`: rows that refer to the team, usage and audit among them, may go on being written.
    .for('no key update');
  const [now] = await tx
    .select({ role: members.role })
    .from(members)
    .where(
      and(eq(members.teamId, member.teamId), eq(members.id, member.memberId), eq(members.status, 'active')),
    );
  if (!team || !now) throw new Forbidden('no active member of the team any more');
  return { actor: { ...member, role: now.role }, teamName: team.name };
}
