import { and, eq, isNull, not, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { teamLimits, teams } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';

/** How many apps a team has, and its limit. The Default app and archived apps don't count. */
type AppCapacity = { max: number | null; count: number };

export async function readAppCapacity({
  db,
  member,
}: {
  db: Queryable;
  member: Member;
}): Promise<AppCapacity> {
  authorize(member, 'application.view');
  return capacityOf(db, member.teamId);
}

/** Whether the team can create another app. The lock on its row keeps this true until commit. */
export async function hasRoom(tx: Queryable, teamId: string): Promise<boolean> {
  await tx.select({ id: teams.id }).from(teams).where(eq(teams.id, teamId)).for('no key update');
  return hasCapacity(await capacityOf(tx, teamId));
}

export const hasCapacity = ({ max, count }: AppCapacity): boolean => max === null || count < max;

async function capacityOf(db: Queryable, teamId: string): Promise<AppCapacity> {
  const counted = and(
    eq(applications.teamId, teamId),
    isNull(applications.archivedAt),
    not(applications.isDefault),
  );
  const [row] = await db
    .select({
      max: teamLimits.applicationsMax,
      count: sql<number>`(select count(*) from ${applications} where ${counted})::int`,
    })
    .from(teamLimits)
    .where(eq(teamLimits.teamId, teamId));
  return row!; // Every team has limits.
}
