import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { sessions } from '#db/schema/accounts.ts';
import { members } from '#db/schema/teams.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember } from '#tests/support/factories.ts';
import { findSession, openSession } from './session.ts';
import { stillMember } from './still-member.ts';

async function signedIn(db: Db) {
  const member = await aMember(db, 'admin');
  const token = await openSession(db, member.userId, { ip: null, userAgent: null });
  const user = await findSession(db, token, null);
  return { member, user: user!, slug: member.teamSlug };
}

test(
  'an admitted member stays admitted with their current role, without extending the session',
  withDb(async (db) => {
    const { member, user, slug } = await signedIn(db);
    const idle = sql`now() - interval '30 minutes'`;
    await db.update(sessions).set({ lastSeenAt: idle }).where(eq(sessions.id, user.sessionId));

    expect(await stillMember(db, user, slug)).toMatchObject({ memberId: member.memberId, role: 'admin' });
    await db.update(members).set({ role: 'member' }).where(eq(members.id, member.memberId));
    expect(await stillMember(db, user, slug)).toMatchObject({ role: 'member' });

    const [row] = await db
      .select({ unseen: sql<boolean>`${sessions.lastSeenAt} < now() - interval '29 minutes'` })
      .from(sessions)
      .where(eq(sessions.id, user.sessionId));
    expect(row!.unseen).toBe(true);
  }),
);

test.each([
  [
    'suspended',
    (db: Db, member: string) => db.update(members).set({ status: 'suspended' }).where(eq(members.id, member)),
  ],
  [
    'removed',
    (db: Db, member: string) => db.update(members).set({ status: 'removed' }).where(eq(members.id, member)),
  ],
] as const)('someone who was %s has no access', (_, change) =>
  withDb(async (db) => {
    const { member, user, slug } = await signedIn(db);
    await change(db, member.memberId);
    expect(await stillMember(db, user, slug)).toBeNull();
  })(),
);

test.each([
  ['ended', { endedAt: sql`now()`, endedReason: 'signed_out' }],
  ['expired', { expiresAt: sql`now() - interval '1 second'` }],
  ['idle', { lastSeenAt: sql`now() - interval '61 minutes'` }],
])('a session that is %s is out', (_, values) =>
  withDb(async (db) => {
    const { user, slug } = await signedIn(db);
    await db.update(sessions).set(values).where(eq(sessions.id, user.sessionId));
    expect(await stillMember(db, user, slug)).toBeNull();
  })(),
);

test(
  "another team and another user's session are rejected",
  withDb(async (db) => {
    const { user, slug } = await signedIn(db);
    const other = await signedIn(db);
    expect(await stillMember(db, user, other.slug)).toBeNull();
    expect(await stillMember(db, { ...user, sessionId: other.user.sessionId }, slug)).toBeNull();
  }),
);
