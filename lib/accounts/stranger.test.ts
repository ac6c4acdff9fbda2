import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { recoveryCodes, sessions, signInThrottles, users } from '#db/schema/accounts.ts';
import { throttleEvents } from '#db/schema/throttles.ts';
import { findSession } from '#lib/access/session.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aUser } from '#tests/support/factories.ts';
import { mailedToken } from '#tests/support/mails.ts';
import { settings } from '#tests/support/settings.ts';
import { aUserWithPassword, aUserWithTwoFactor, PASSWORD } from '#tests/support/two-factor.ts';
import { beginTwoFactor } from './begin-two-factor.ts';
import { changePassword } from './change-password.ts';
import { forgotPassword } from './forgot-password.ts';
import { resetPassword } from './reset-password.ts';
import { SignIn, signIn } from './sign-in.ts';
import { SignUp, signUp } from './sign-up.ts';
import { totpCode } from './totp.ts';
import { verifyEmail } from './verify-email.ts';

/** Someone else tries to lock out the owner of an address or account. */

const REFUSED = { ok: false, reason: 'refused' };
const stranger = { ip: null, userAgent: 'Stranger' };
const owner = { ip: null, userAgent: 'Owner' };

const guess = (db: Db, email: string, password = 'a wrong guess of it') =>
  signIn({ db, origin: stranger, settings }, SignIn.parse({ email, password }));

test(
  'a known device gets in while a stranger guesses, and the guesses never change its wait',
  withDb(async (db) => {
    const user = await aUserWithPassword(db);
    const given = { email: user.email, password: PASSWORD };
    const first = await signIn({ db, origin: owner, settings }, given);
    if (!first.ok) throw new Error(first.reason);
    for (let i = 0; i < 12; i++) await guess(db, user.email);
    expect(await guess(db, user.email, PASSWORD)).toEqual(REFUSED);

    const again = await signIn({ db, origin: owner, settings, device: first.device }, given);

    expect(again).toMatchObject({ ok: true });
    // Its success doesn't end the stranger's wait either.
    expect(await guess(db, user.email, PASSWORD)).toEqual(REFUSED);
  }),
);

test(
  "guesses from a known device have a separate wait and don't slow down others",
  withDb(async (db) => {
    const user = await aUserWithPassword(db);
    const given = { email: user.email, password: PASSWORD };
    const first = await signIn({ db, origin: owner, settings }, given);
    if (!first.ok) throw new Error(first.reason);
    const stolen = { db, origin: stranger, settings, device: first.device };
    for (let i = 0; i < 6; i++) await signIn(stolen, { ...given, password: 'a wrong guess of it' });

    expect(await signIn(stolen, given)).toEqual(REFUSED);
    expect(await signIn({ db, origin: owner, settings }, given)).toMatchObject({ ok: true });
  }),
);

test(
  'two-factor authentication lets a new device in while a stranger guesses; without it nothing is revealed',
  withDb(async (db) => {
    const at = new Date('2026-05-04T10:00:00Z');
    const now = new Date(at.getTime() + 60_000);
    const { user, secret } = await aUserWithTwoFactor(db, at);
    for (let i = 0; i < 12; i++) await guess(db, user.email);
    const given = { email: user.email, password: PASSWORD };
    const context = { db, origin: owner, now, settings };

    expect(await signIn(context, given)).toEqual(REFUSED);
    expect(
      await signIn(context, { ...given, password: 'wrong one here', code: totpCode(secret, now) }),
    ).toEqual(REFUSED);
    expect(await signIn(context, { ...given, code: totpCode(secret, now) })).toMatchObject({ ok: true });
  }),
);

test(
  'someone who knows the password can’t guess codes, from however many addresses',
  withDb(async (db) => {
    const at = new Date('2026-05-04T10:00:00Z');
    const now = new Date(at.getTime() + 60_000);
    const { user, secret } = await aUserWithTwoFactor(db, at);
    const given = { email: user.email, password: PASSWORD };
    const from = (ip: string) => ({ db, origin: { ...stranger, ip }, now, settings });
    for (let i = 0; i < 8; i++)
      expect(await signIn(from(`203.0.113.${i}`), { ...given, code: '000000' })).toEqual(REFUSED);

    expect(await signIn(from('203.0.113.99'), { ...given, code: totpCode(secret, now) })).toEqual(REFUSED);
  }),
);

test(
  "adding a code doesn't bypass the wait of an account without two-factor authentication",
  withDb(async (db) => {
    const user = await aUserWithPassword(db);
    for (let i = 0; i < 6; i++) await guess(db, user.email);

    const given = { email: user.email, password: PASSWORD, code: '123456' };
    expect(await signIn({ db, origin: stranger, settings }, given)).toEqual(REFUSED);
  }),
);

test(
  'at most 25 wrong passwords in 15 minutes are checked, from however many addresses; then the owner gets in again',
  withDb(async (db) => {
    const user = await aUserWithPassword(db);
    const from = (ip: string, password: string) =>
      signIn({ db, origin: { ...stranger, ip }, settings }, { email: user.email, password });
    for (let i = 0; i < 40; i++) await from(`203.0.113.${i}`, 'a wrong guess of it');

    expect(await db.$count(throttleEvents)).toBe(25);
    expect(await from('198.51.100.1', PASSWORD)).toEqual(REFUSED);
    await db.update(throttleEvents).set({ at: sql`now() - interval '15 minutes 1 second'` });
    expect(await from('198.51.100.1', PASSWORD)).toMatchObject({ ok: true });
  }),
);

test(
  "one address that guesses doesn't slow down another",
  withDb(async (db) => {
    const user = await aUserWithPassword(db);
    for (let i = 0; i < 8; i++)
      await signIn(
        { db, origin: { ...stranger, ip: '203.0.113.7' }, settings },
        { email: user.email, password: 'no' },
      );

    const elsewhere = { db, origin: { ...owner, ip: '198.51.100.1' }, settings };
    expect(await signIn(elsewhere, { email: user.email, password: PASSWORD })).toMatchObject({ ok: true });
  }),
);

test(
  "every checked failure is in the account's audit log, without address, password or code",
  withDb(async (db) => {
    const user = await aUserWithPassword(db);
    for (let i = 0; i < 12; i++) await guess(db, user.email);
    await guess(db, 'nobody@example.com');

    const events = await auditTrail(db);
    expect(events).toHaveLength(5); // The others came during the wait and were not checked.
    expect(events[0]).toMatchObject({
      ...{ action: 'account.fail_sign_in', actor: 'system', subjectId: user.userId },
      after: { reason: 'wrong_password', device: 'unknown' },
    });
    expect(JSON.stringify(events)).not.toMatch(/@|wrong guess/);
  }),
);

const victim = 'victim@example.com';

/** A stranger has signed up with an address that isn't theirs, and signed in. */
async function preempted(db: Db) {
  const input = SignUp.parse({ name: 'Somebody Else', email: victim, password: 'strangers own words here' });
  const signedUp = await signUp({ db, settings }, input);
  const token = await mailedToken(db);
  const signedIn = await signIn(
    { db, origin: stranger, settings },
    { email: victim, password: input.password },
  );
  if (!signedUp.ok || !signedIn.ok) throw new Error('not signed in');
  const user = (await findSession(db, signedIn.token, null))!;
  return {
    token,
    user,
    session: signedIn.token,
    device: signedIn.device,
    signUpDevice: signedUp.device,
    input,
  };
}

/** Second factor, recovery codes and failures, as earlier versions could leave them on an unverified account. */
async function plant(db: Db, userId: string) {
  await db
    .update(users)
    .set({ totpSealed: 'sealed', totpConfirmedAt: sql`now()` })
    .where(eq(users.id, userId));
  await db.insert(recoveryCodes).values({ userId, codeDigest: new Uint8Array(32) });
}

test(
  'an account has no security settings until its address is verified',
  withDb(async (db) => {
    const { user, input } = await preempted(db);
    const refused = { ok: false, reason: 'email_not_verified' };

    expect(await beginTwoFactor({ db, user, settings }, { current: input.password })).toEqual(refused);
    const change = { current: input.password, password: 'another set of words' };
    expect(await changePassword({ db, user, settings }, change)).toMatchObject({
      ok: false,
      field: 'current',
    });
    expect((await db.select().from(users))[0]).toMatchObject({ totpSealed: null });
  }),
);

test(
  "the emailed link alone doesn't verify an account that someone else created",
  withDb(async (db) => {
    const { token, session } = await preempted(db);

    expect(await verifyEmail({ db, settings }, { token })).toEqual({ ok: false, reason: 'password_needed' });
    const passwordGuess = { token, password: 'a guess of the victim' };
    expect(await verifyEmail({ db, settings }, passwordGuess)).toEqual({
      ok: false,
      reason: 'wrong_password',
    });
    expect((await db.select().from(users))[0]?.emailVerifiedAt).toBeNull();
    expect(await findSession(db, session, null)).not.toBeNull();
  }),
);

test(
  "a password reset by the real owner removes the stranger's access",
  withDb(async (db) => {
    const { user, session, device, input } = await preempted(db);
    await plant(db, user.userId);
    await forgotPassword({ db, settings }, { email: victim });
    const password = 'the owners choice of words';

    expect(await resetPassword({ db, settings }, { token: await mailedToken(db), password })).toMatchObject({
      ok: true,
    });

    expect(await findSession(db, session, null)).toBeNull();
    expect(await db.select().from(recoveryCodes)).toEqual([]);
    expect(await guess(db, victim, input.password)).toEqual(REFUSED);
    expect(await signIn({ db, origin: owner, settings }, { email: victim, password })).toMatchObject({
      ok: true,
    });
    // The stranger's browser isn't a known device, so its guesses count as a stranger's.
    await db.delete(signInThrottles);
    await signIn({ db, origin: stranger, settings, device }, { email: victim, password: 'a guess' });
    expect(await db.select().from(signInThrottles)).toMatchObject([{ source: 'address:unknown' }]);
  }),
);

test.each(['the browser of the sign-up', 'a session', 'the password'])(
  'the person who signed up verifies with the link and %s: password and session stay, the rest is reset',
  async (proof) => {
    await withDb(async (db) => {
      const { token, user, session, signUpDevice, input } = await preempted(db);
      const other = await signIn(
        { db, origin: stranger, settings },
        { email: victim, password: input.password },
      );
      await plant(db, user.userId);
      const context = { db, settings };
      const verified =
        proof === 'a session'
          ? await verifyEmail({ ...context, user }, { token })
          : proof === 'the password'
            ? await verifyEmail(context, { token, password: input.password })
            : await verifyEmail({ ...context, device: signUpDevice }, { token });

      expect(verified).toMatchObject({ ok: true });
      expect((await db.select().from(users))[0]).toMatchObject({
        ...{ emailVerifiedAt: expect.any(Date), totpSealed: null, totpConfirmedAt: null },
      });
      expect(await db.select().from(recoveryCodes)).toEqual([]);
      expect((await findSession(db, session, null)) !== null).toBe(proof === 'a session');
      expect(other.ok && (await findSession(db, other.token, null))).toBeNull();
      expect(await guess(db, victim, input.password)).toMatchObject({ ok: true });
    })();
  },
);

test(
  'signing up with an address that has an account gives the browser no advantage',
  withDb(async (db) => {
    const user = await aUser(db, { email: victim, passwordHash: 'x', emailVerifiedAt: null });
    const input = SignUp.parse({ name: 'Somebody', email: victim, password: 'strangers own words here' });
    const signedUp = await signUp({ db, settings }, input);
    if (!signedUp.ok) throw new Error(signedUp.reason);

    await signIn(
      { db, origin: stranger, settings, device: signedUp.device },
      { email: victim, password: 'a guess' },
    );
    expect(await db.select().from(signInThrottles)).toMatchObject([
      { userId: user.userId, source: 'address:unknown' },
    ]);
    expect(await db.$count(sessions)).toBe(0);
  }),
);
