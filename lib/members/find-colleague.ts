import { and, eq, ne } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { members } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize, type Role } from '#lib/access/permissions.ts';

export const OneMember = z.object({ memberId: z.uuid() });

/** A member of the actor's team, active or suspended; null for one removed, of another team, or of none. */
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

/** Throws `Forbidden` unless the actor may do this to somebody of that role: nobody acts above his own. */
export function authorizeOver(
  actor: { role: Role },
  action: 'member.suspend' | 'member.remove',
  role: Role,
): void {
  authorize(actor, role === 'member' ? action : `${action}.manager`);
}
