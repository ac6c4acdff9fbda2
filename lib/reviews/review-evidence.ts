import { eq, sql } from 'drizzle-orm';
import { sessions } from '#db/schema/accounts.ts';
import { members } from '#db/schema/teams.ts';
import { usageDaily } from '#db/schema/usage.ts';

/** What is known of a member that tells whether he is still there; as columns of a query over `members`. */
export const evidence = {
  role: members.role,
  lastSignInAt: sql<Date | null>`(select max(${sessions.createdAt}) from ${sessions}
    where ${eq(sessions.userId, members.userId)})`.mapWith(sessions.createdAt),
  /** The last call with his own key. */
  lastKeyUseAt: sql<Date | null>`(select max(${usageDaily.lastUsedAt}) from ${usageDaily}
    where ${eq(usageDaily.teamId, members.teamId)} and ${eq(usageDaily.memberId, members.id)})`.mapWith(
    usageDaily.lastUsedAt,
  ),
};

/** Whole days, by the database's clock, since a member signed in, was on a page, called or joined. */
export const inactiveDays = sql<number>`floor(extract(epoch from now() - greatest(
  ${members.statusAt}, ${evidence.lastKeyUseAt},
  (select max(${sessions.lastSeenAt}) from ${sessions} where ${eq(sessions.userId, members.userId)})
)) / 86400)::int`;
