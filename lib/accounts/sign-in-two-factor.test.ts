import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessions, signInThrottles, users } from '#db/schema/accounts.ts';
import { findSession } from '#lib/access/session.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { settings } from '#tests/support/settings.ts';
import { aUserWithPassword, aUserWithTwoFactor, PASSWORD } from '#tests/support/two-factor.ts';
import { hashPassword } from './password.ts';
import { SignIn, signIn } from './sign-in.ts';
import { canTry } from './throttle.ts';
import { totpCode } from './totp.ts';

const at = new Date('2026-05-04T10:00:00Z');
const now = new Date(at.getTime() + 60_000);
const origin = { ip: null, userAgent: null };
const REFUSED = { ok: false, reason: 'refused' };

test(
  'the password alone opens no session; with a code from the app it does',
  withDb(async (db) => {
    const { user, secret } = await aUserWithTwoFactor(db, at);
    const given = { email: user.email, password: PASSWORD };

    expect(await signIn({ db, origin, now, settings }, given)).toEqual({ ok: false, reason: 'code_needed' });
    expect(await signIn({ db, origin, now, settings }, { ...given, code: '' })).toEqual({
      ok: false,
      reason: 'code_needed',
    });
    expect(await db.$count(sessions)).toBe(0);
    const signedIn = await signIn({ db, origin, now, settings }, { ...given, code: totpCode(secret, now) });

    if (!signedIn.ok) throw new Error(signedIn.reason);
    expect(await findSession(db, signedIn.token, null)).toMatchObject({ userId: user.userId });
    expect(await signIn({ db, origin, now, settings }, { ...given, code: totpCode(secret, now) })).toEqual(
      REFUSED,
    );
  }),
);

test(
  'a recovery code works too, once',
  withDb(async (db) => {
    const { user, recoveryCodes } = await aUserWithTwoFactor(db, at);
    const given = { email: user.email, password: PASSWORD, code: recoveryCodes[0]! };

    expect(await signIn({ db, origin, settings }, given)).toMatchObject({ ok: true });
    expect(await signIn({ db, origin, settings }, given)).toEqual(REFUSED);
  }),
);

test(
  'without the password nobody learns whether a code is required or correct',
  withDb(async (db) => {
    const { user, secret } = await aUserWithTwoFactor(db, at);
    const password = 'a wrong guess of it';

    expect(await signIn({ db, origin, now, settings }, { email: user.email, password })).toEqual(REFUSED);
    expect(
      await signIn(
        { db, origin, now, settings },
        { email: user.email, password, code: totpCode(secret, now) },
      ),
    ).toEqual(REFUSED);
    expect(await signIn({ db, origin, now, settings }, { email: 'nobody@example.com', password })).toEqual(
      REFUSED,
    );
  }),
);

test(
  "wrong codes count like wrong passwords, and a correct password doesn't reset the count",
  withDb(async (db) => {
    const { user, secret } = await aUserWithTwoFactor(db, at);
    const given = { email: user.email, password: PASSWORD };
    for (const code of ['000000', '111111', 'abc', '222222', '333333']) {
      expect(await signIn({ db, origin, now, settings }, { ...given, code })).toEqual(REFUSED);
      await signIn({ db, origin, now, settings }, given);
    }

    expect(await signIn({ db, origin, now, settings }, { ...given, code: totpCode(secret, now) })).toEqual(
      REFUSED,
    );
    // During the wait, the correct password looks like a wrong one.
    expect(await signIn({ db, origin, now, settings }, given)).toEqual(REFUSED);

    await db.update(signInThrottles).set({ throttledUntil: at });
    expect(
      await signIn({ db, origin, now, settings }, { ...given, code: totpCode(secret, now) }),
    ).toMatchObject({
      ok: true,
    });
    expect(await db.select().from(signInThrottles)).toEqual([]);
  }),
);

test('a password of more than 128 code points or a megabyte is rejected before hashing', () => {
  const parse = (password: string) => SignIn.safeParse({ email: 'ada@example.com', password }).success;

  expect(parse('🐎'.repeat(128))).toBe(true);
  expect(parse('a'.repeat(129))).toBe(false);
  expect(parse('x'.repeat(1_000_000))).toBe(false);
  expect(parse('')).toBe(false);
});

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('a correct guess is rejected if the wait began while it was being checked', async () => {
  const { db } = own;
  const user = await aUserWithPassword(db);

  // The lock delays the last step of the sign-in until the wait has begun.
  const running = await db.transaction(async (tx) => {
    const mine = eq(users.id, user.userId);
    await tx.select({ id: users.id }).from(users).where(mine).for('update');
    const signingIn = signIn({ db, origin, settings }, { email: user.email, password: PASSWORD });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const throttledUntil = new Date(Date.now() + 60_000);
    await tx
      .insert(signInThrottles)
      .values({ userId: user.userId, source: 'address:unknown', failures: 9, throttledUntil });
    return { signingIn };
  });

  expect(await running.signingIn).toEqual(REFUSED);
});

test('wrong guesses in a burst are counted until the wait begins, and no further', async () => {
  const { db } = own;
  const { email, userId } = await aUserWithPassword(db);
  await db.insert(signInThrottles).values({ userId, source: 'address:unknown', failures: 9 });
  const guesses = Array.from({ length: 20 }, (_, i) => `wrong guess number ${i}`);

  await Promise.all(guesses.map((password) => signIn({ db, origin, settings }, { email, password })));

  const [row] = await db.select().from(signInThrottles).where(eq(signInThrottles.userId, userId));
  expect(row?.failures).toBe(10); // The tenth starts a wait of 32 seconds.
  expect(await canTry(db, userId, 'address:unknown')).toBe(false);
});

test("people who sign in at the same time don't affect each other", async () => {
  const { db } = own;
  const user = await aUserWithPassword(db);
  const all = Array.from({ length: 8 }, () =>
    signIn({ db, origin, settings }, { email: user.email, password: PASSWORD }),
  );

  expect((await Promise.all(all)).every(({ ok }) => ok)).toBe(true);
});

test("an old password doesn't work after a change, even if it was being checked at that moment", async () => {
  const { db } = own;
  const user = await aUserWithPassword(db);
  const passwordHash = await hashPassword('another password entirely');

  const running = signIn({ db, origin, settings }, { email: user.email, password: PASSWORD });
  await db.update(users).set({ passwordHash }).where(eq(users.id, user.userId));

  expect(await running).toEqual(REFUSED);
});
