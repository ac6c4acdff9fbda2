import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { sessions, users } from '#db/schema/accounts.ts';
import { withDb } from '#tests/support/database.ts';
import { aUser } from '#tests/support/factories.ts';
import { endSession, endSessions, findSession, openSession } from './session.ts';

const origin = { ip: '192.0.2.7', userAgent: 'Browser/1' };
const shift = (column: 'last_seen_at' | 'expires_at' | 'created_at', by: string) =>
  sql`update sessions set ${sql.identifier(column)} = ${sql.identifier(column)} + ${by}::interval`;

test(
  'the token is 256 random bits, and only its digest is stored',
  withDb(async (db) => {
    const { userId } = await aUser(db);
    const token = await openSession(db, userId, origin);
    const other = await openSession(db, userId, origin);

    expect(token).toMatch(/^[\w-]{43}$/);
    expect(other).not.toBe(token);
    expect(JSON.stringify(await db.select().from(sessions))).not.toContain(token);
    expect(await findSession(db, token, null)).toMatchObject({ userId });
    for (const wrong of ['', `${token}x`, token.toLowerCase(), '\0'])
      expect(await findSession(db, wrong, null)).toBeNull();
  }),
);

test(
  'it ends after 60 minutes without use',
  withDb(async (db) => {
    const token = await openSession(db, (await aUser(db)).userId, origin);
    await db.execute(shift('last_seen_at', '-59 minutes'));
    expect(await findSession(db, token, null)).not.toBeNull(); // This use restarts the hour.

    await db.execute(shift('last_seen_at', '-59 minutes'));
    expect(await findSession(db, token, null)).not.toBeNull();
    await db.execute(shift('last_seen_at', '-60 minutes'));
    expect(await findSession(db, token, null)).toBeNull();
  }),
);

test(
  'it ends after 24 hours, regardless of use',
  withDb(async (db) => {
    const token = await openSession(db, (await aUser(db)).userId, origin);
    for (let hour = 0; hour < 23; hour++) {
      await db.execute(shift('expires_at', '-1 hour'));
      expect(await findSession(db, token, null)).not.toBeNull();
    }
    await db.execute(shift('expires_at', '-1 hour'));

    expect(await findSession(db, token, null)).toBeNull();
  }),
);

test(
  'ending one keeps the others, ending all can keep one, and an ended one stays ended',
  withDb(async (db) => {
    const { userId } = await aUser(db);
    const [a, b, c] = [
      await openSession(db, userId, origin),
      await openSession(db, userId, origin),
      await openSession(db, userId, origin),
    ];
    const live = async () =>
      Promise.all([a, b, c].map(async (t) => (await findSession(db, t, null)) !== null));

    await endSession(db, a, 'signed_out');
    expect(await live()).toEqual([false, true, true]);
    const keep = await findSession(db, c, null);
    await endSessions(db, userId, 'password_changed', keep!.sessionId);
    expect(await live()).toEqual([false, false, true]);
    await endSession(db, a, 'again');
    const reasons = (await db.select().from(sessions)).map(({ endedReason }) => endedReason ?? 'live');
    expect(reasons.sort()).toEqual(['live', 'password_changed', 'signed_out']);
  }),
);

test(
  'deleting a user deletes their sessions and no one else’s',
  withDb(async (db) => {
    const [ada, bob] = [await aUser(db), await aUser(db)];
    const tokens = [await openSession(db, ada.userId, origin), await openSession(db, bob.userId, origin)];
    await endSessions(db, ada.userId, 'ended_by_user');
    expect(await findSession(db, tokens[0]!, null)).toBeNull();

    expect(await findSession(db, tokens[1]!, null)).toMatchObject({ userId: bob.userId });
    await db.delete(users).where(eq(users.id, bob.userId));
    expect(await findSession(db, tokens[1]!, null)).toBeNull();
  }),
);
