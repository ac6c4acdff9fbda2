import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { members, teams } from '#db/schema/teams.ts';
import type { User } from '#lib/access/member.ts';

/** The names of the teams that are closed to a user for now: he would else look for what has become of them. */
export async function listSuspensions({ db, user }: { db: Queryable; user: User }): Promise<string[]> {
  const rows = await db
    .select({ name: teams.name })
    .from(members)
    .innerJoin(teams, eq(teams.id, members.teamId))
    .where(and(eq(members.userId, user.userId), eq(members.status, 'suspended'), isNull(teams.deletedAt)))
    .orderBy(asc(teams.name));
  return rows.map(({ name }) => name);
}
