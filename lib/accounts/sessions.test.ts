import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { sessions } from '#db/schema/accounts.ts';
import type { User } from '#lib/access/member.ts';
import { endSession, findSession, openSession } from '#lib/access/session.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aUser } from '#tests/support/factories.ts';
import { endOtherSessions, endOwnSession, listSessions } from './sessions.ts';

const open = async (db: Db, user: User) => {
  const token = await openSession(db, user.userId, { ip: '192.0.2.1', userAgent: 'Firefox' });
  const found = await findSession(db, token, null);
  return { token, user: found! };
};
const alive = async (db: Db, token: string) => (await findSession(db, token, null)) !== null;

test(
  'a session ends an hour after its last use and a day after sign-in',
  withDb(async (db) => {
    const { token } = await open(db, await aUser(db));
    const age = (column: 'last_seen_at' | 'expires_at', to: string) =>
      db.execute(sql`update sessions set ${sql.identifier(column)} = now() + ${to}::interval`);

    await age('last_seen_at', '-59 minutes');
    expect(await alive(db, token)).toBe(true);
    await age('last_seen_at', '-60 minutes');
    expect(await alive(db, token)).toBe(false);

    await age('last_seen_at', '0');
    await age('expires_at', '1 second');
    expect(await alive(db, token)).toBe(true);
    await age('expires_at', '0');
    expect(await alive(db, token)).toBe(false);
  }),
);

test(
  'use extends the idle timeout, never the absolute one',
  withDb(async (db) => {
    const { token } = await open(db, await aUser(db));
    const [before] = await db.select().from(sessions);
    expect(before!.expiresAt.getTime() - before!.createdAt.getTime()).toBe(24 * 3_600_000);
    await db.execute(sql`update sessions set last_seen_at = now() - interval '30 minutes'`);

    await findSession(db, token, null);

    const [after] = await db.select().from(sessions);
    expect(after!.lastSeenAt).toEqual(before!.lastSeenAt); // now() doesn't change within a transaction.
    expect(after!.expiresAt).toEqual(before!.expiresAt);
  }),
);

test(
  'an ended session no longer works, and ending it again changes nothing',
  withDb(async (db) => {
    const { token } = await open(db, await aUser(db));

    await endSession(db, token, 'signed_out');
    await endSession(db, token, 'something_else');

    expect(await alive(db, token)).toBe(false);
    expect(await db.select().from(sessions)).toMatchObject([{ endedReason: 'signed_out' }]);
  }),
);

test(
  "invented tokens and the stored digest itself don't work",
  withDb(async (db) => {
    const { token } = await open(db, await aUser(db));
    const [row] = await db.select().from(sessions);
    const digest = Buffer.from(row!.tokenDigest);

    expect(JSON.stringify(row)).not.toContain(token);
    for (const wrong of [
      '',
      'x',
      `${token}=`,
      token.toLowerCase(),
      digest.toString('hex'),
      digest.toString('base64url'),
    ]) {
      expect(await alive(db, wrong), wrong).toBe(false);
    }
  }),
);

test(
  "the list shows one person's active sessions, last used first",
  withDb(async (db) => {
    const ada = await aUser(db);
    const first = await open(db, ada);
    const second = await open(db, ada);
    await db.execute(
      sql`update sessions set last_seen_at = now() - interval '5 minutes' where id = ${first.user.sessionId}`,
    );
    const idle = await open(db, ada);
    await db.execute(
      sql`update sessions set last_seen_at = now() - interval '61 minutes' where id = ${idle.user.sessionId}`,
    );
    await endSession(db, (await open(db, ada)).token, 'signed_out');
    await open(db, await aUser(db));

    const list = await listSessions({ db, user: first.user });

    expect(list).toMatchObject([
      { id: second.user.sessionId, current: false, ip: '192.0.2.1', userAgent: 'Firefox' },
      { id: first.user.sessionId, current: true },
    ]);
    expect(Object.keys(list[0]!)).not.toContain('tokenDigest');
  }),
);

test(
  "users can end their other sessions, but not the current one, nor anyone else's",
  withDb(async (db) => {
    const ada = await aUser(db);
    const here = await open(db, ada);
    const there = await open(db, ada);
    const stranger = await open(db, await aUser(db));
    const end = (sessionId: string) => endOwnSession({ db, user: here.user }, { sessionId });

    for (const { user } of [here, there, stranger]) await end(user.sessionId);
    await end(crypto.randomUUID());

    expect(await Promise.all([here, there, stranger].map(({ token }) => alive(db, token)))).toEqual([
      true,
      false,
      true,
    ]);
    expect(await auditTrail(db)).toMatchObject([
      { action: 'session.end', subjectId: there.user.sessionId, actorUserId: ada.userId },
    ]);
  }),
);

test(
  'all other sessions end immediately',
  withDb(async (db) => {
    const ada = await aUser(db);
    const here = await open(db, ada);
    const others = [await open(db, ada), await open(db, ada)];
    const stranger = await open(db, await aUser(db));

    await endOtherSessions({ db, user: here.user });

    expect(await alive(db, here.token)).toBe(true);
    expect(await alive(db, stranger.token)).toBe(true);
    for (const { token } of others) expect(await alive(db, token)).toBe(false);
    expect(await db.$count(sessions, eq(sessions.endedReason, 'ended_by_user'))).toBe(2);
  }),
);
