import { eq, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { teamLimits } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';

/** A team's seats: the limit (null for none), active members, and open invitations. Expired ones take no seat. */
export type Seats = { max: number | null; active: number; invited: number };

/** The seats of the actor's team, for anyone who can invite. */
export async function readSeats({ db, member }: { db: Queryable; member: Member }): Promise<Seats> {
  authorize(member, 'member.invite');
  return seatsOf(db, member.teamId);
}

const activeMembers = (teamId: string) =>
  sql<number>`(select count(*) from members m where m.team_id = ${teamId} and m.status = 'active')::int`;

/** The seats of a team. To decide by them, lock the team's row first. */
export async function seatsOf(db: Queryable, teamId: string): Promise<Seats> {
  const [row] = await db
    .select({
      max: teamLimits.membersMax,
      active: activeMembers(teamId),
      invited: sql<number>`(select count(*) from invitations i where i.team_id = ${teamId}
        and i.accepted_at is null and i.cancelled_at is null and i.expires_at > now())::int`,
    })
    .from(teamLimits)
    .where(eq(teamLimits.teamId, teamId));
  return row!; // Every team has limits.
}

/** How many more people can be invited. */
export const seatsLeft = ({ max, active, invited }: Seats): number =>
  max === null ? Number.POSITIVE_INFINITY : Math.max(0, max - active - invited);

/** Whether nobody else can become active. Invited people keep their seats regardless of later invitations. */
export const teamIsFull = (teamId: string) =>
  sql<boolean>`(select ${teamLimits.membersMax} <= ${activeMembers(teamId)} from ${teamLimits}
    where ${teamLimits.teamId} = ${teamId}) is true`;

/** Whether one more person can become an active member. */
export async function hasRoom(db: Queryable, teamId: string): Promise<boolean> {
  const [row] = await db.execute<{ full: boolean }>(sql`select ${teamIsFull(teamId)} as full`);
  return row?.full !== true;
}
