import { and, desc, eq, gt, isNull, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { sessions } from '#db/schema/accounts.ts';
import type { User } from '#lib/access/member.ts';
import { endSessions, SESSION_IDLE_MINUTES } from '#lib/access/session.ts';
import { recordAudit } from '#lib/audit/record.ts';

export type OwnSession = {
  id: string;
  createdAt: Date;
  lastSeenAt: Date;
  ip: string | null;
  userAgent: string | null;
  current: boolean;
};

/** The user's active sessions, last used first. */
export async function listSessions({ db, user }: { db: Db; user: User }): Promise<OwnSession[]> {
  const rows = await db
    .select({
      id: sessions.id,
      createdAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
      ip: sessions.ip,
      userAgent: sessions.userAgent,
    })
    .from(sessions)
    .where(
      and(
        eq(sessions.userId, user.userId),
        isNull(sessions.endedAt),
        gt(sessions.expiresAt, sql`now()`),
        gt(sessions.lastSeenAt, sql`now() - make_interval(mins => ${SESSION_IDLE_MINUTES})`),
      ),
    )
    .orderBy(desc(sessions.lastSeenAt));
  return rows.map((row) => ({ ...row, current: row.id === user.sessionId }));
}

export const EndOwnSession = z.object({ sessionId: z.uuid() });

/** Ends another of the user's sessions. */
export async function endOwnSession(
  { db, user }: { db: Db; user: User },
  input: z.output<typeof EndOwnSession>,
): Promise<void> {
  await db.transaction(async (tx) => {
    const [ended] = await tx
      .update(sessions)
      .set({ endedAt: sql`now()`, endedReason: 'ended_by_user' })
      .where(
        and(
          eq(sessions.id, input.sessionId),
          eq(sessions.userId, user.userId),
          ne(sessions.id, user.sessionId),
          isNull(sessions.endedAt),
        ),
      )
      .returning({ id: sessions.id });
    if (ended) await recordAudit(tx, user, 'session.end', { kind: 'session', id: ended.id });
  });
}

/** Ends all of the user's sessions except the current one. */
export async function endOtherSessions({ db, user }: { db: Db; user: User }): Promise<void> {
  await db.transaction(async (tx) => {
    await endSessions(tx, user.userId, 'ended_by_user', user.sessionId);
    await recordAudit(tx, user, 'session.end_others', { kind: 'user', id: user.userId });
  });
}
