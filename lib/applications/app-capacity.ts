import { and, eq, isNull, not, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { teamLimits, teams } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';

/** How many apps a team may have and has; its Default app and archived ones take no room. */
type ApplicationRoom = { max: number | null; count: number };

export async function readApplicationRoom({
  db,
  member,
}: {
  db: Queryable;
  member: Member;
}): Promise<ApplicationRoom> {
  authorize(member, 'application.view');
  return roomOf(db, member.teamId);
}

/** Whether the team may have one app more. The lock on its row keeps the answer true until commit. */
export async function hasRoom(tx: Queryable, teamId: string): Promise<boolean> {
  await tx.select({ id: teams.id }).from(teams).where(eq(teams.id, teamId)).for('no key update');
  return isRoomLeft(await roomOf(tx, teamId));
}

export const isRoomLeft = ({ max, count }: ApplicationRoom): boolean => max === null || count < max;

async function roomOf(db: Queryable, teamId: string): Promise<ApplicationRoom> {
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
