import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { memberRole, members } from '#db/schema/teams.ts';
import { can, type Role } from '#lib/access/permissions.ts';
import { inviteAction } from '#lib/members/role-title.ts';

/** How many owners are notified when the inviter can't be. */
const OWNERS_MAX = 10;

type Contact = { name: string; email: string };

/**
 * The contact for an invitation: its sender. If they left, were suspended or can no longer invite with that role, the
 * team's owners instead. Owners can always invite, and a team always has one.
 */
export async function contactsOf(
  db: Queryable,
  { teamId, invitedBy, role }: { teamId: string; invitedBy: string; role: Role },
): Promise<Contact[]> {
  const roles = memberRole.enumValues.filter((each) => can({ role: each }, inviteAction(role)));
  const isInviter = sql<boolean>`${members.id} = ${invitedBy} and ${inArray(members.role, roles)}`;
  const rows = await db
    .select({ name: users.name, email: users.email, isInviter })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(
      and(
        eq(members.teamId, teamId),
        eq(members.status, 'active'),
        sql`(${isInviter} or ${members.role} = 'owner')`,
      ),
    )
    .orderBy(desc(isInviter), asc(members.id))
    .limit(OWNERS_MAX);
  const contacts = rows[0]?.isInviter ? rows.slice(0, 1) : rows;
  return contacts.map(({ name, email }) => ({ name, email }));
}
