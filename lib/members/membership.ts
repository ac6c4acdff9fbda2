import { and, eq, isNull, ne } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { members, teams } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize, type Role } from '#lib/access/permissions.ts';

/**
 * Locks the team's row until the transaction ends, so that membership changes run one after another, and reads the
 * actor's current role: if two owners demote each other at the same time, the second is no longer an owner.
 * Throws `Forbidden` if the actor is no longer an active member.
 */
export async function lockTeam(tx: Queryable, member: Member): Promise<{ actor: Member; teamName: string }> {
  const [team] = await tx
    .select({ name: teams.name })
    .from(teams)
    .where(and(eq(teams.id, member.teamId), isNull(teams.deletedAt)))
    // Not `update`: rows that refer to the team, such as usage and audit events, can still be written.
    .for('no key update');
  const [current] = await tx
    .select({ role: members.role })
    .from(members)
    .where(
      and(eq(members.teamId, member.teamId), eq(members.id, member.memberId), eq(members.status, 'active')),
    );
  if (!team || !current) throw new Forbidden('no longer an active member of the team');
  return { actor: { ...member, role: current.role }, teamName: team.name };
}

/** Another active or suspended member of the actor's team. Null if removed, in another team, or unknown. */
export async function findColleague(tx: Queryable, member: Member, memberId: string) {
  const [row] = await tx
    .select({
      memberId: members.id,
      userId: members.userId,
      role: members.role,
      status: members.status,
      name: users.name,
      email: users.email,
    })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.teamId, member.teamId), eq(members.id, memberId), ne(members.status, 'removed')));
  return row ?? null;
}

/** Throws `Forbidden` unless the actor can do this to a member with that role. Nobody acts above their own role. */
export function authorizeOver(
  actor: { role: Role },
  action: 'member.suspend' | 'member.remove',
  role: Role,
): void {
  authorize(actor, role === 'member' ? action : `${action}.manager`);
}
