import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountTokens, users } from '#db/schema/accounts.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aUser } from '#tests/support/factories.ts';
import { mailedToken, queuedMails } from '#tests/support/mails.ts';
import { settings } from '#tests/support/settings.ts';
import { forgotPassword } from './forgot-password.ts';
import { resendVerification, VERIFY_MAILS_PER_HOUR } from './resend-verification.ts';
import { verifyEmail } from './verify-email.ts';

const DEAD = { ok: false, reason: 'dead_link' };

test(
  'the link verifies the address, once',
  withDb(async (db) => {
    const user = await aUser(db, { emailVerifiedAt: null });
    const other = await aUser(db, { emailVerifiedAt: null });
    await resendVerification({ db, user, settings });
    const token = await mailedToken(db);

    expect(await verifyEmail({ db, settings }, { token })).toMatchObject({ ok: true });
    expect(await verifyEmail({ db, settings }, { token })).toEqual(DEAD);

    const rows = await db.select().from(users);
    expect(rows.find((row) => row.id === user.userId)?.emailVerifiedAt).toBeInstanceOf(Date);
    expect(rows.find((row) => row.id === other.userId)?.emailVerifiedAt).toBeNull();
    expect(rows.some((row) => row.isOperator)).toBe(false);
    expect(await auditTrail(db)).toMatchObject([{ action: 'account.verify_email', subjectId: user.userId }]);
  }),
);

test(
  'expired, used, invented and foreign tokens get the same response and verify nothing',
  withDb(async (db) => {
    const user = await aUser(db, { emailVerifiedAt: null });
    await resendVerification({ db, user, settings });
    const expired = await mailedToken(db);
    await db.update(accountTokens).set({ expiresAt: sql`now() - interval '1 second'` });
    await forgotPassword({ db, settings }, { email: user.email });
    const forAPassword = await mailedToken(db);

    for (const token of [expired, forAPassword, 'x'.repeat(43), '', '\u0000', '🐎', 'a'.repeat(100_000)]) {
      expect(await verifyEmail({ db, settings }, { token }), token.slice(0, 50)).toEqual(DEAD);
    }
    expect((await db.select().from(users))[0]?.emailVerifiedAt).toBeNull();
  }),
);

test(
  'a link expires after 72 hours, and a newer one revokes it',
  withDb(async (db) => {
    const user = await aUser(db, { emailVerifiedAt: null });
    await resendVerification({ db, user, settings });
    const first = await mailedToken(db);
    const [row] = await db.select().from(accountTokens);
    expect(row!.expiresAt.getTime() - row!.createdAt.getTime()).toBe(72 * 3_600_000);

    await resendVerification({ db, user, settings });

    expect(await verifyEmail({ db, settings }, { token: first })).toEqual(DEAD);
    expect(await verifyEmail({ db, settings }, { token: await mailedToken(db) })).toMatchObject({ ok: true });
  }),
);

test(
  'a verified address gets no further link',
  withDb(async (db) => {
    await resendVerification({ db, user: await aUser(db), settings });

    expect(await queuedMails(db)).toEqual([]);
  }),
);

test(
  "a mailbox isn't flooded with links, and the last one stays valid",
  withDb(async (db) => {
    const user = await aUser(db, { emailVerifiedAt: null });
    for (let i = 0; i < 2 * VERIFY_MAILS_PER_HOUR; i++) await resendVerification({ db, user, settings });

    expect(await queuedMails(db)).toHaveLength(VERIFY_MAILS_PER_HOUR);
    expect(await verifyEmail({ db, settings }, { token: await mailedToken(db) })).toMatchObject({ ok: true });
  }),
);

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('of twenty concurrent uses exactly one succeeds', async () => {
  const user = await aUser(own.db, { emailVerifiedAt: null });
  await resendVerification({ db: own.db, user, settings });
  const token = await mailedToken(own.db);

  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => verifyEmail({ db: own.db, settings }, { token })),
  );

  expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
  const events = await auditTrail(own.db, eq(auditEvents.subjectId, user.userId));
  expect(events).toHaveLength(1);
});
