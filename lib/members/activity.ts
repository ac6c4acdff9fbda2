import { eq, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';

/** The shortest time without activity after which a member counts as inactive, in days. */
export const INACTIVE_AFTER_DAYS = 30;

/**
 * When each member last used a key: their own, or one they created for an app. Only this team counts. Join it to
 * `members` on `memberId`; it reads one usage row per key.
 */
export function lastKeyUse(db: Queryable, teamId: string) {
  const lastUse = sql`(select last_used_at from usage_daily
    where credential_id = ${credentials.id} and last_used_at is not null order by day desc limit 1)`;
  const usedBy = sql<string>`coalesce(${credentials.memberId}, ${credentials.createdBy})`;
  return db
    .select({
      memberId: usedBy.as('used_by'),
      usedAt: sql`max(${lastUse})`.mapWith(members.lastSeenAt).as('key_used_at'),
    })
    .from(credentials)
    .where(eq(credentials.teamId, teamId))
    .groupBy(usedBy)
    .as('last_key_use');
}

type LastKeyUse = ReturnType<typeof lastKeyUse>;

/** When a member last opened the team or used a key; null for never. */
export const lastActivityAt = (use: LastKeyUse) =>
  sql<Date | null>`greatest(${members.lastSeenAt}, ${use.usedAt})`.mapWith(members.lastSeenAt);

/** The time since a member's last activity, or since they joined or were reactivated, as an interval. */
const idle = (use: LastKeyUse) =>
  sql`(now() - greatest(${members.statusAt}, ${members.lastSeenAt}, ${use.usedAt}))`;

/** Whole days of 24 hours a member has been inactive, by the database's clock. Lists, reviews and findings share this rule. */
export const idleDays = (use: LastKeyUse) =>
  sql<number>`floor(extract(epoch from ${idle(use)}) / 86400)::int`.mapWith(Number);
