import { hash } from '@node-rs/argon2';
import { and, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { sessions, signInThrottles, users } from '#db/schema/accounts.ts';
import { findSession } from '#lib/access/session.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aUser } from '#tests/support/factories.ts';
import { until } from '#tests/support/processes.ts';
import { settings } from '#tests/support/settings.ts';
import { hashPassword, needsRehash, passwordMatches } from './password.ts';
import { SignIn, signIn } from './sign-in.ts';

const password = 'violet canal ships at noon';
const origin = { ip: '192.0.2.9', userAgent: 'Firefox' };
const attempt = (db: Db, email: string, tried = password) =>
  signIn({ db, origin, settings }, SignIn.parse({ email, password: tried }));
const refused = { ok: false, reason: 'refused' };
const signedIn = {
  ok: true,
  token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
  device: expect.stringMatching(/^\d+\.[\w-]{22}\.[\w-]{43}$/),
};

let passwordHash: string;
let own: OwnDatabase;
beforeAll(async () => {
  passwordHash = await hashPassword(password);
  own = await ownDatabase();
});
afterAll(() => own.drop());

const rowOf = async (db: Db, userId: string) =>
  (await db.select().from(users).where(eq(users.id, userId)))[0]!;

const SOURCE = `address:${origin.ip}`;
/** The account's failures and wait, from the tests' address. */
const throttleOf = async (db: Db, userId: string) =>
  (
    await db
      .select()
      .from(signInThrottles)
      .where(and(eq(signInThrottles.userId, userId), eq(signInThrottles.source, SOURCE)))
  )[0];

/** Remaining seconds of the wait, by the clock that set it. */
const waitOf = async (db: Db, userId: string) => {
  const [row] = await db
    .select({ seconds: sql<number>`extract(epoch from ${signInThrottles.throttledUntil} - now())::float8` })
    .from(signInThrottles)
    .where(and(eq(signInThrottles.userId, userId), eq(signInThrottles.source, SOURCE)));
  return row!.seconds;
};

test(
  'address and password open a session, and only its digest is stored',
  withDb(async (db) => {
    const user = await aUser(db, { email: 'ada@example.com', passwordHash });

    const outcome = await attempt(db, ' ADA@example.com');

    expect(outcome).toEqual(signedIn);
    const token = outcome.ok ? outcome.token : '';
    expect(await findSession(db, token, null)).toMatchObject({
      userId: user.userId,
      email: 'ada@example.com',
    });
    const [session] = await db.select().from(sessions);
    expect(session).toMatchObject({ userId: user.userId, ...origin });
    expect(JSON.stringify(session)).not.toContain(token);
    expect(Buffer.from(session!.tokenDigest).toString('base64url')).not.toContain(token);
  }),
);

test(
  'wrong password, unknown address, no password and unreadable hash get the same response and no session',
  withDb(async (db) => {
    await aUser(db, { email: 'ada@example.com', passwordHash });
    await aUser(db, { email: 'none@example.com' });
    await aUser(db, { email: 'broken@example.com', passwordHash: '$argon2id$v=19$broken' });

    expect(await attempt(db, 'ada@example.com', `${password}.`)).toEqual(refused);
    expect(await attempt(db, 'nobody@example.com')).toEqual(refused);
    expect(await attempt(db, 'none@example.com')).toEqual(refused);
    expect(await attempt(db, 'broken@example.com')).toEqual(refused);
    expect(await db.$count(sessions)).toBe(0);
  }),
);

test(
  'after five failures in a row, each further one doubles the wait, up to 15 minutes',
  withDb(async (db) => {
    const { userId } = await aUser(db, { email: 'ada@example.com', passwordHash });
    const fail = () => attempt(db, 'ada@example.com', 'wrong');
    const waitOver = () =>
      db
        .update(signInThrottles)
        .set({ throttledUntil: sql`now() - interval '1 second'` })
        .where(eq(signInThrottles.userId, userId));
    for (let i = 0; i < 4; i++) await fail();
    expect(await waitOf(db, userId)).toBeNull();

    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      await fail();
      waits.push(await waitOf(db, userId));
      await waitOver();
    }
    expect(waits).toEqual([1, 2, 4, 8]);

    await db.update(signInThrottles).set({ failures: 1_000 }).where(eq(signInThrottles.userId, userId));
    await fail();
    expect(await waitOf(db, userId)).toBe(900);
  }),
);

test(
  'during the wait the correct password is rejected too and nothing is counted; afterwards it resets the count',
  withDb(async (db) => {
    const { userId } = await aUser(db, { email: 'ada@example.com', passwordHash });
    const throttledUntil = new Date(Date.now() + 60_000);
    await db.insert(signInThrottles).values({ userId, source: SOURCE, failures: 7, throttledUntil });

    expect(await attempt(db, 'ada@example.com')).toEqual(refused);
    expect(await attempt(db, 'ada@example.com', 'wrong')).toEqual(refused);
    expect(await throttleOf(db, userId)).toMatchObject({ failures: 7, throttledUntil });

    await db.update(signInThrottles).set({ throttledUntil: sql`now() - interval '1 second'` });
    expect(await attempt(db, 'ada@example.com')).toEqual(signedIn);
    expect(await throttleOf(db, userId)).toBeUndefined();
  }),
);

test(
  "one person's failures don't slow down anyone else",
  withDb(async (db) => {
    await aUser(db, { email: 'ada@example.com', passwordHash });
    await aUser(db, { email: 'grace@example.com', passwordHash });
    for (let i = 0; i < 6; i++) await attempt(db, 'ada@example.com', 'wrong');

    expect(await attempt(db, 'grace@example.com')).toEqual(signedIn);
  }),
);

test(
  'a hash with a lower cost is replaced at sign-in, and only then',
  withDb(async (db) => {
    const weak = await hash(password, { memoryCost: 4_096, timeCost: 1, parallelism: 1 });
    const { userId } = await aUser(db, { email: 'ada@example.com', passwordHash: weak });

    await attempt(db, 'ada@example.com', 'wrong');
    expect((await rowOf(db, userId)).passwordHash).toBe(weak);

    expect(await attempt(db, 'ada@example.com')).toEqual(signedIn);
    const renewed = (await rowOf(db, userId)).passwordHash!;
    expect(needsRehash(renewed)).toBe(false);
    expect(await passwordMatches(password, renewed)).toBe(true);

    await attempt(db, 'ada@example.com');
    expect((await rowOf(db, userId)).passwordHash).toBe(renewed);
  }),
);

test('a password changed during a sign-in with the old one is kept, and no session opens', async () => {
  const weak = await hash(password, { memoryCost: 4_096, timeCost: 1, parallelism: 1 });
  const { userId } = await aUser(own.db, { email: 'ada@example.com', passwordHash: weak });
  let signingIn: ReturnType<typeof signIn> | undefined;
  await own.db.transaction(async (tx) => {
    await tx.update(users).set({ passwordHash }).where(eq(users.id, userId));
    signingIn = attempt(own.db, 'ada@example.com');
    // The old password has been verified and the sign-in waits for this row.
    await until(async () => {
      const waiting = await own.sql`
        select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      return waiting.length > 0;
    }, 'the sign-in to reach the row');
  });

  expect(await signingIn).toEqual(refused);
  expect((await rowOf(own.db, userId)).passwordHash).toBe(passwordHash);
  expect(await own.db.$count(sessions)).toBe(0);
});

test('a wrong password, an unknown address and a running wait run the same statements', async () => {
  const { userId } = await aUser(own.db, { email: 'joan@example.com', passwordHash });
  const statementsOf = async (email: string) => {
    const names: string[] = [];
    const watched = new Proxy(own.db, {
      get(db, name) {
        if (name === 'select' || name === '$count' || name === 'execute' || name === 'transaction')
          names.push(name);
        return Reflect.get(db, name);
      },
    });
    expect(await attempt(watched, email, 'wrong')).toEqual(refused);
    return names;
  };
  const wrong = await statementsOf('joan@example.com');
  expect(wrong).toContain('transaction');
  expect(await statementsOf('nobody@example.com')).toEqual(wrong);
  for (let i = 0; i < 5; i++) await attempt(own.db, 'joan@example.com', 'wrong');
  const waiting = await throttleOf(own.db, userId);
  expect(waiting!.throttledUntil!.getTime()).toBeGreaterThan(Date.now());
  expect(await statementsOf('joan@example.com')).toEqual(wrong);
  expect(await throttleOf(own.db, userId)).toEqual(waiting);
});

test('twenty concurrent wrong attempts are all counted', async () => {
  const { userId } = await aUser(own.db, { email: 'grace@example.com', passwordHash });

  await Promise.all(Array.from({ length: 20 }, () => attempt(own.db, 'grace@example.com', 'wrong')));

  const { failures, throttledUntil } = (await throttleOf(own.db, userId))!;
  expect(failures).toBeGreaterThanOrEqual(5);
  expect(throttledUntil!.getTime()).toBeGreaterThan(Date.now());
  expect(await attempt(own.db, 'grace@example.com')).toEqual(refused);
});
