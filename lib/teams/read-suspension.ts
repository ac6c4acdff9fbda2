import { and, asc, eq, isNull, ne } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { members, teams } from '#db/schema/teams.ts';
import type { User } from '#lib/access/member.ts';

export const SuspensionOf = z.object({ slug: z.string().regex(/^[a-z0-9-]{1,60}$/) });

/** How many people to ask are listed: owners first, then admins. */
const CONTACTS = 5;

/**
 * The user's suspension in the team at `slug`, with the owners and admins who can lift it. Null if the user isn't
 * suspended there: to everyone else the team looks absent.
 */
export async function readSuspension(
  { db, user }: { db: Queryable; user: User },
  { slug }: z.output<typeof SuspensionOf>,
) {
  const [suspended] = await db
    .select({ teamId: teams.id, team: teams.name, since: members.statusAt })
    .from(members)
    .innerJoin(teams, eq(teams.id, members.teamId))
    .where(
      and(
        eq(members.userId, user.userId),
        eq(members.status, 'suspended'),
        eq(teams.slug, slug),
        isNull(teams.deletedAt),
      ),
    );
  if (!suspended) return null;
  const { teamId, ...rest } = suspended;
  const contacts = await db
    .select({ name: users.name, email: users.email, role: members.role })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.teamId, teamId), eq(members.status, 'active'), ne(members.role, 'member')))
    .orderBy(asc(members.role), asc(members.id))
    .limit(CONTACTS);
  return { ...rest, contacts };
}
