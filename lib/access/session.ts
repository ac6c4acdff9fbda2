import { and, eq, gt, isNull, ne, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { sessions, users } from '#db/schema/accounts.ts';
import { digestToken, mintToken } from '#lib/vault/tokens.ts';
import type { User } from './member.ts';

/** Idle and absolute limits of a session (ASVS 7.3.1, 7.3.2). */
export const SESSION_IDLE_MINUTES = 60;
export const SESSION_HOURS = 24;

export type Origin = { ip: string | null; userAgent: string | null };

/** Opens a session for a user who has just been authenticated. Returns the token for their cookie. */
export async function openSession(db: Queryable, userId: string, origin: Origin): Promise<string> {
  const token = mintToken();
  await db.insert(sessions).values({
    userId,
    tokenDigest: digestToken(token),
    expiresAt: sql`now() + make_interval(hours => ${SESSION_HOURS})`,
    ip: origin.ip,
    userAgent: origin.userAgent?.slice(0, 400) ?? null,
  });
  return token;
}

/** The user whose active session this token belongs to, or null. Called on every request (ASVS 7.4.1). */
export async function findSession(db: Queryable, token: string, ip: string | null): Promise<User | null> {
  const [row] = await db
    .select({
      sessionId: sessions.id,
      userId: users.id,
      name: users.name,
      email: users.email,
      verifiedAt: users.emailVerifiedAt,
      isOperator: users.isOperator,
      hasSecondFactor: sql<boolean>`${users.totpConfirmedAt} is not null`,
      stale: sql<boolean>`${sessions.lastSeenAt} < now() - interval '1 minute'`,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      and(
        eq(sessions.tokenDigest, digestToken(token)),
        isNull(sessions.endedAt),
        gt(sessions.expiresAt, sql`now()`),
        gt(sessions.lastSeenAt, sql`now() - make_interval(mins => ${SESSION_IDLE_MINUTES})`),
      ),
    );
  if (!row) return null;
  // At most one write a minute: a page makes several requests.
  if (row.stale)
    await db.update(sessions).set({ lastSeenAt: sql`now()` }).where(eq(sessions.id, row.sessionId));
  const { verifiedAt, stale: _, ...user } = row;
  return { ...user, emailVerified: verifiedAt !== null, ip };
}

/** Ends one session. Has no effect on an ended one. */
export async function endSession(db: Queryable, token: string, reason: string): Promise<void> {
  await db
    .update(sessions)
    .set({ endedAt: sql`now()`, endedReason: reason })
    .where(and(eq(sessions.tokenDigest, digestToken(token)), isNull(sessions.endedAt)));
}

/** Ends all of a user's sessions, except one if it's given. */
export async function endSessions(
  db: Queryable,
  userId: string,
  reason: string,
  exceptId?: string,
): Promise<void> {
  const others = exceptId ? ne(sessions.id, exceptId) : undefined;
  await db
    .update(sessions)
    .set({ endedAt: sql`now()`, endedReason: reason })
    .where(and(eq(sessions.userId, userId), isNull(sessions.endedAt), others));
}
