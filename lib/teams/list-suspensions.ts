import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { members, teams } from '#db/schema/teams.ts';
import type { User } from '#lib/access/member.ts';

/** The teams a user is suspended from, by name, so that they know why a team is missing. */
export function listSuspensions({ db, user }: { db: Queryable; user: User }) {
  return db
    .select({ name: teams.name, slug: teams.slug })
    .from(members)
    .innerJoin(teams, eq(teams.id, members.teamId))
    .where(and(eq(members.userId, user.userId), eq(members.status, 'suspended'), isNull(teams.deletedAt)))
    .orderBy(asc(teams.name));
}
