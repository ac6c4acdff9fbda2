import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recoveryCodes, users } from '#db/schema/accounts.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aUser } from '#tests/support/factories.ts';
import { queuedMails } from '#tests/support/mails.ts';
import { settings } from '#tests/support/settings.ts';
import { aUserWithPassword, aUserWithTwoFactor, PASSWORD } from '#tests/support/two-factor.ts';
import { beginTwoFactor } from './begin-two-factor.ts';
import { ConfirmTwoFactor, confirmTwoFactor } from './confirm-two-factor.ts';
import { consumeCode } from './consume-code.ts';
import { newRecoveryCodes } from './new-recovery-codes.ts';
import { readTwoFactor } from './read-two-factor.ts';
import { totpCode } from './totp.ts';
import { turnOffTwoFactor } from './turn-off-two-factor.ts';

const at = new Date('2026-05-04T10:00:00Z');
const after = (seconds: number) => new Date(at.getTime() + seconds * 1000);

test(
  "it's on once the app has shown a code; the secret is stored sealed and recovery codes as digests",
  withDb(async (db) => {
    const user = await aUserWithPassword(db);
    const begun = await beginTwoFactor({ db, user, settings }, { current: PASSWORD });
    if (!begun.ok) throw new Error(begun.reason);
    expect(await readTwoFactor({ db, user })).toEqual({ since: null, codesLeft: 0 });

    const confirmed = await confirmTwoFactor(
      { db, user, now: at, settings },
      { code: totpCode(begun.secret, at) },
    );

    if (!confirmed.ok) throw new Error(confirmed.reason);
    expect(new Set(confirmed.recoveryCodes).size).toBe(10);
    expect(confirmed.recoveryCodes[0]).toMatch(/^([0-9a-hjkmnp-tv-z]{6}-){3}[0-9a-hjkmnp-tv-z]{6}$/);
    expect(await readTwoFactor({ db, user })).toMatchObject({ since: expect.any(Date), codesLeft: 10 });
    const stored = JSON.stringify([
      await db.select().from(users),
      await db.select().from(recoveryCodes),
      await auditTrail(db),
      await queuedMails(db),
    ]);
    for (const secret of [begun.secret, ...confirmed.recoveryCodes])
      expect(stored).not.toContain(secret.replaceAll('-', ''));
    expect(await auditTrail(db)).toMatchObject([{ action: 'account.two_factor_on' }]);
    expect(await queuedMails(db)).toMatchObject([
      { to: user.email, template: 'two-factor-changed', props: { change: 'on' } },
    ]);
  }),
);

test(
  'starting requires the current password, and starting again replaces the first secret',
  withDb(async (db) => {
    const user = await aUserWithPassword(db);
    expect(await beginTwoFactor({ db, user, settings }, { current: 'not my password at all' })).toEqual({
      ok: false,
      reason: 'wrong_password',
    });
    const [first, second] = [
      await beginTwoFactor({ db, user, settings }, { current: PASSWORD }),
      await beginTwoFactor({ db, user, settings }, { current: PASSWORD }),
    ];
    if (!first.ok || !second.ok) throw new Error('not begun');

    const confirm = (secret: string) =>
      confirmTwoFactor({ db, user, now: at, settings }, { code: totpCode(secret, at) });

    expect(await confirm(first.secret)).toEqual({ ok: false, reason: 'wrong_code' });
    expect(await confirm(second.secret)).toMatchObject({ ok: true });
    expect(await confirm(second.secret)).toEqual({ ok: false, reason: 'not_begun' });
    expect(await beginTwoFactor({ db, user, settings }, { current: PASSWORD })).toEqual({
      ok: false,
      reason: 'already_on',
    });
  }),
);

test(
  "a secret copied into another user's row can't be opened",
  withDb(async (db) => {
    const { user, secret } = await aUserWithTwoFactor(db, at);
    const thief = await aUser(db);
    const [row] = await db.select().from(users).where(eq(users.id, user.userId));
    const { totpSealed, totpConfirmedAt } = row!;
    await db.update(users).set({ totpSealed, totpConfirmedAt }).where(eq(users.id, thief.userId));

    await expect(
      consumeCode({ db, settings }, thief.userId, totpCode(secret, after(60)), after(60)),
    ).rejects.toThrow();
  }),
);

test(
  'a code works once, and no code of an earlier step works after it',
  withDb(async (db) => {
    const { user, secret } = await aUserWithTwoFactor(db, at);
    const use = (codeOf: number, when: number) =>
      consumeCode({ db, settings }, user.userId, totpCode(secret, after(codeOf)), after(when));

    expect(await use(0, 0)).toBe(false); // Used when two-factor was turned on.
    expect(await use(60, 60)).toBe(true);
    expect(await use(60, 60)).toBe(false);
    expect(await use(30, 60)).toBe(false);
    expect(await use(90, 60)).toBe(true);
    expect(await use(60, 90)).toBe(false);
  }),
);

test(
  "a recovery code works once, however it's typed, and notifies its owner",
  withDb(async (db) => {
    const { user, recoveryCodes: codes } = await aUserWithTwoFactor(db, at);
    const stranger = await aUserWithTwoFactor(db, at);
    const typed = ` ${codes[3]!.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O').replaceAll('1', 'l')} `;

    expect(await consumeCode({ db, settings }, stranger.user.userId, typed, at)).toBe(false);
    expect(await consumeCode({ db, settings }, user.userId, typed, at)).toBe(true);
    expect(await consumeCode({ db, settings }, user.userId, codes[3]!, at)).toBe(false);
    expect(await consumeCode({ db, settings }, user.userId, '', at)).toBe(false);
    expect(await readTwoFactor({ db, user })).toMatchObject({ codesLeft: 9 });
    expect((await queuedMails(db)).at(-1)).toMatchObject({
      to: user.email,
      props: { change: 'recovery_code_used' },
    });
  }),
);

test(
  'new recovery codes require password and code, and invalidate the old ones',
  withDb(async (db) => {
    const { user, secret, recoveryCodes: old } = await aUserWithTwoFactor(db, at);
    const now = after(60);
    const code = totpCode(secret, now);
    const renew = (input: { current: string; code: string }) =>
      newRecoveryCodes({ db, user, now, settings }, input);

    expect(await renew({ current: 'not my password at all', code })).toEqual({
      ok: false,
      reason: 'wrong_password',
    });
    expect(await renew({ current: PASSWORD, code: '000000' })).toEqual({ ok: false, reason: 'wrong_code' });
    const renewed = await renew({ current: PASSWORD, code });

    if (!renewed.ok) throw new Error(renewed.reason);
    expect(await consumeCode({ db, settings }, user.userId, old[0]!, now)).toBe(false);
    expect(await consumeCode({ db, settings }, user.userId, renewed.recoveryCodes[0]!, now)).toBe(true);
    expect(await readTwoFactor({ db, user })).toMatchObject({ codesLeft: 9 });
    const actions = (await auditTrail(db)).map(({ action }) => action);
    expect(actions).toContain('account.new_recovery_codes');
  }),
);

test(
  'turning it off requires password and code, and deletes secret and codes',
  withDb(async (db) => {
    const { user, recoveryCodes: codes } = await aUserWithTwoFactor(db, at);

    expect(
      await turnOffTwoFactor({ db, user, settings }, { current: PASSWORD, code: 'wrong' }),
    ).toMatchObject({
      ok: false,
    });
    expect(await turnOffTwoFactor({ db, user, settings }, { current: PASSWORD, code: codes[0]! })).toEqual({
      ok: true,
    });

    const [row] = await db.select().from(users).where(eq(users.id, user.userId));
    expect(row).toMatchObject({ totpSealed: null, totpConfirmedAt: null, totpLastStep: null });
    expect(await db.$count(recoveryCodes)).toBe(0);
    expect((await queuedMails(db)).at(-1)).toMatchObject({
      template: 'two-factor-changed',
      props: { change: 'off' },
    });
    expect(await turnOffTwoFactor({ db, user, settings }, { current: PASSWORD, code: codes[1]! })).toEqual({
      ok: false,
      reason: 'not_on',
    });
  }),
);

test(
  'guessing with a stolen session is throttled like guessing at sign-in',
  withDb(async (db) => {
    const { user, recoveryCodes: codes } = await aUserWithTwoFactor(db, at);
    for (let i = 0; i < 3; i++)
      await turnOffTwoFactor({ db, user, settings }, { current: 'a wrong guess of it', code: '1' });
    for (let i = 0; i < 2; i++)
      await turnOffTwoFactor({ db, user, settings }, { current: PASSWORD, code: 'abc' });

    expect(await turnOffTwoFactor({ db, user, settings }, { current: PASSWORD, code: codes[0]! })).toEqual({
      ok: false,
      reason: 'wrong_password',
    });
    expect(await readTwoFactor({ db, user })).toMatchObject({ since: expect.any(Date), codesLeft: 10 });
  }),
);

test("values that can't be a code are rejected before anything is read", () => {
  expect(ConfirmTwoFactor.safeParse({ code: ' 123 456 ' }).data).toEqual({ code: '123456' });
  for (const code of ['', '12345', '1234567', 'abcdef'])
    expect(ConfirmTwoFactor.safeParse({ code }).success).toBe(false);
});

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('of twenty concurrent uses of one code exactly one succeeds', async () => {
  const { db } = own;
  const { user, secret, recoveryCodes: codes } = await aUserWithTwoFactor(db, at);
  const used = async (code: string) => {
    const tries = Array.from({ length: 20 }, () =>
      consumeCode({ db, settings }, user.userId, code, after(60)),
    );
    return (await Promise.all(tries)).filter(Boolean).length;
  };

  expect(await used(totpCode(secret, after(60)))).toBe(1);
  expect(await used(codes[0]!)).toBe(1);
});
