import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { accountTokens, signInThrottles, users } from '#db/schema/accounts.ts';
import { findSession, openSession } from '#lib/access/session.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aUser } from '#tests/support/factories.ts';
import { mailedToken, queuedMails } from '#tests/support/mails.ts';
import { settings } from '#tests/support/settings.ts';
import { ForgotPassword, forgotPassword, RESET_MAILS_PER_HOUR } from './forgot-password.ts';
import { passwordMatches } from './password.ts';
import { resendVerification } from './resend-verification.ts';
import { ResetPassword, resetPassword } from './reset-password.ts';

const password = 'violet canal ships at noon';
const dead = { ok: false, reason: 'dead_link' };
const origin = { ip: null, userAgent: null };

/** A user who asked to reset their password, and the emailed token. */
async function asked(db: Db, values: Partial<typeof users.$inferInsert> = {}) {
  const user = await aUser(db, { passwordHash: 'old', ...values });
  await forgotPassword({ db, settings }, { email: user.email });
  return { user, token: await mailedToken(db) };
}
const rowOf = async (db: Db, userId: string) =>
  (await db.select().from(users).where(eq(users.id, userId)))[0]!;

test(
  'the new password is set, all sessions end, throttles are reset and the owner is notified',
  withDb(async (db) => {
    const { user, token } = await asked(db);
    const throttledUntil = new Date(Date.now() + 60_000);
    await db
      .insert(signInThrottles)
      .values({ userId: user.userId, source: 'address:unknown', failures: 9, throttledUntil });
    const session = await openSession(db, user.userId, origin);
    const stranger = await openSession(db, (await aUser(db)).userId, origin);

    expect(await resetPassword({ db, settings }, { token, password })).toMatchObject({ ok: true });

    const row = await rowOf(db, user.userId);
    expect(await passwordMatches(password, row.passwordHash)).toBe(true);
    expect(await db.select().from(signInThrottles)).toEqual([]);
    expect(await findSession(db, session, null)).toBeNull();
    expect(await findSession(db, stranger, null)).not.toBeNull();
    const notice = (await queuedMails(db)).at(-1)!;
    expect(notice).toMatchObject({ to: user.email, template: 'password-changed' });
    expect(JSON.stringify(notice)).not.toContain(token);
    expect(await auditTrail(db)).toMatchObject([{ action: 'account.reset_password' }]);
  }),
);

test(
  'known and unknown addresses get the same response; only the known one gets an email',
  withDb(async (db) => {
    const user = await aUser(db, { email: 'ada@example.com' });

    const known = await forgotPassword(
      { db, settings },
      ForgotPassword.parse({ email: ' ADA@Example.com ' }),
    );
    const unknown = await forgotPassword(
      { db, settings },
      ForgotPassword.parse({ email: 'nobody@example.com' }),
    );

    expect(unknown).toEqual(known);
    expect(await queuedMails(db)).toMatchObject([{ to: user.email, template: 'reset-password' }]);
  }),
);

test(
  'the link expires after an hour and works once',
  withDb(async (db) => {
    const { token } = await asked(db);
    const [row] = await db.select().from(accountTokens);
    expect(row!.expiresAt.getTime() - row!.createdAt.getTime()).toBeLessThanOrEqual(3_600_000);

    expect(await resetPassword({ db, settings }, { token, password })).toMatchObject({ ok: true });
    expect(await resetPassword({ db, settings }, { token, password: `${password}!` })).toEqual(dead);
  }),
);

test(
  'expired, superseded, foreign and invented tokens change nothing',
  withDb(async (db) => {
    const { user, token: superseded } = await asked(db, { emailVerifiedAt: null });
    await forgotPassword({ db, settings }, { email: user.email });
    const expired = await mailedToken(db);
    await db.execute(sql`update account_tokens set expires_at = now()`);
    await resendVerification({ db, user, settings });
    const forTheAddress = await mailedToken(db);

    for (const token of [superseded, expired, forTheAddress, 'x'.repeat(43), '']) {
      expect(await resetPassword({ db, settings }, { token, password })).toEqual(dead);
    }
    expect(await rowOf(db, user.userId)).toMatchObject({ passwordHash: 'old', emailVerifiedAt: null });
  }),
);

test(
  'reading the email also verifies the address',
  withDb(async (db) => {
    const { user, token } = await asked(db, { emailVerifiedAt: null });

    await resetPassword({ db, settings }, { token, password });

    expect((await rowOf(db, user.userId)).emailVerifiedAt).toBeInstanceOf(Date);
  }),
);

test(
  "a password with the user's own name is rejected with the reason, and the link stays valid",
  withDb(async (db) => {
    const { user, token } = await asked(db, { name: 'Grace Hopper', email: 'grace@harbour.example' });

    expect(
      await resetPassword({ db, settings }, { token, password: 'grace-hopper-harbour-1' }),
    ).toMatchObject({
      ok: false,
      reason: 'weak',
      message: expect.stringContaining('your name'),
    });
    expect(await rowOf(db, user.userId)).toMatchObject({ passwordHash: 'old' });
    expect(await resetPassword({ db, settings }, { token, password })).toMatchObject({ ok: true });
  }),
);

test(
  "a mailbox isn't flooded, and the last link stays valid",
  withDb(async (db) => {
    const { user } = await asked(db);
    for (let i = 0; i < 2 * RESET_MAILS_PER_HOUR; i++)
      await forgotPassword({ db, settings }, { email: user.email });

    const mails = (await queuedMails(db)).filter(({ template }) => template === 'reset-password');
    expect(mails).toHaveLength(RESET_MAILS_PER_HOUR);
    expect(await resetPassword({ db, settings }, { token: await mailedToken(db), password })).toMatchObject({
      ok: true,
    });
  }),
);

test('a weak new password is rejected by the form', () => {
  expect(ResetPassword.safeParse({ token: 'x', password: 'passwordpassword' }).success).toBe(false);
  expect(ResetPassword.safeParse({ token: 'x', password }).success).toBe(true);
});

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('of twenty concurrent uses exactly one succeeds', async () => {
  const { user, token } = await asked(own.db);

  const outcomes = await Promise.all(
    Array.from({ length: 20 }, async (_, i) => ({
      tried: `${password} ${i}`,
      ...(await resetPassword({ db: own.db, settings }, { token, password: `${password} ${i}` })),
    })),
  );

  const [won, ...others] = outcomes.filter(({ ok }) => ok);
  expect(others).toEqual([]);
  expect(await passwordMatches(won!.tried, (await rowOf(own.db, user.userId)).passwordHash)).toBe(true);
});
