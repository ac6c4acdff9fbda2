import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { sessions } from '#db/schema/accounts.ts';
import { findMember, type Member, type User } from './member.ts';
import { SESSION_IDLE_MINUTES } from './session.ts';

/**
 * The current membership of someone who was admitted earlier; null once their session has ended or they left the team.
 * For open streams: unlike `findSession`, it doesn't count as activity, so a stream keeps no session alive.
 */
export async function stillMember(db: Queryable, user: User, slug: string): Promise<Member | null> {
  const [live] = await db
    .select({ id: sessions.id })
    .from(sessions)
    .where(
      and(
        eq(sessions.id, user.sessionId),
        eq(sessions.userId, user.userId),
        isNull(sessions.endedAt),
        gt(sessions.expiresAt, sql`now()`),
        gt(sessions.lastSeenAt, sql`now() - make_interval(mins => ${SESSION_IDLE_MINUTES})`),
      ),
    );
  return live ? findMember(db, user, slug) : null;
}
