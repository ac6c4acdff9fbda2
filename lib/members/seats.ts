import { eq, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { teamLimits } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';

/** How many members a team may have, has, and has asked for. An invitation that ran out holds no seat. */
export type Seats = { max: number | null; active: number; invited: number };

/** The seats of the actor's team, for whoever gives them away. */
export async function readSeats({ db, member }: { db: Queryable; member: Member }): Promise<Seats> {
  authorize(member, 'member.invite');
  return seatsOf(db, member.teamId);
}

/** The seats of a team. What is decided by them needs the lock on the team's row, taken before this. */
export async function seatsOf(db: Queryable, teamId: string): Promise<Seats> {
  const [row] = await db
    .select({
      max: teamLimits.membersMax,
      active: sql<number>`(select count(*) from members m where m.team_id = ${teamId} and m.status = 'active')::int`,
      invited: sql<number>`(select count(*) from invitations i where i.team_id = ${teamId}
        and i.accepted_at is null and i.cancelled_at is null and i.expires_at > now())::int`,
    })
    .from(teamLimits)
    .where(eq(teamLimits.teamId, teamId));
  return row!; // Every team has limits.
}

/** How many more people may be asked in, without a limit as many as one likes. */
export const seatsLeft = ({ max, active, invited }: Seats): number =>
  max === null ? Number.POSITIVE_INFINITY : Math.max(0, max - active - invited);

/** Whether one more may become active: who was asked in holds his seat, whatever else was promised since. */
export async function mayJoin(db: Queryable, teamId: string): Promise<boolean> {
  const { max, active } = await seatsOf(db, teamId);
  return max === null || active < max;
}
