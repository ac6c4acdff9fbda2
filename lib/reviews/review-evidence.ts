import { eq, sql } from 'drizzle-orm';
import { members } from '#db/schema/teams.ts';
import { usageDaily } from '#db/schema/usage.ts';

/** Evidence of a member's activity in this team, as columns of a query over `members`. */
export const evidence = {
  role: members.role,
  lastSignInAt: members.lastSignInAt,
  /** The last request with the member's own key. */
  lastKeyUseAt: sql<Date | null>`(select max(${usageDaily.lastUsedAt}) from ${usageDaily}
    where ${eq(usageDaily.teamId, members.teamId)} and ${eq(usageDaily.memberId, members.id)})`.mapWith(
    usageDaily.lastUsedAt,
  ),
};
