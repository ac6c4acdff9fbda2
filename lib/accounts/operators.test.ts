import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { asOperator } from '#lib/access/operator.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aUser } from '#tests/support/factories.ts';
import { settings } from '#tests/support/settings.ts';
import { applyConfiguredOperator } from './configured-operator.ts';
import { markVerified } from './mark-verified.ts';
import { addOperator, listOperators, removeOperator } from './operators.ts';

const emails = async (db: Db) => (await listOperators({ db })).map(({ email }) => email);
const start = (db: Db, operatorEmail: string | null) =>
  applyConfiguredOperator({ db, settings: { ...settings, operatorEmail } });

test(
  'changing OPERATOR_EMAIL promotes the verified account with that address and demotes the previous one',
  withDb(async (db) => {
    const [old, next] = [
      await aUser(db, { email: 'old@example.com' }),
      await aUser(db, { email: 'next@example.com' }),
    ];
    await start(db, 'Old@example.com');
    expect(await emails(db)).toEqual(['old@example.com']);
    await start(db, 'Old@example.com');

    await start(db, 'next@example.com');

    expect(await emails(db)).toEqual(['next@example.com']);
    expect(await auditTrail(db)).toMatchObject([
      { action: 'operator.add', actor: 'system', subjectId: old.userId },
      { action: 'operator.remove', actor: 'system', subjectId: old.userId },
      { action: 'operator.add', actor: 'system', subjectId: next.userId },
    ]);
  }),
);

test(
  'an operator from an earlier version is also demoted, but nobody is without a value or if added by command',
  withDb(async (db) => {
    await aUser(db, { email: 'earlier@example.com', isOperator: true });
    await aUser(db, { email: 'added@example.com' });
    expect(await addOperator({ db }, { email: 'Added@example.com' })).toEqual({ ok: true });
    await start(db, null);
    expect(await emails(db)).toEqual(['added@example.com', 'earlier@example.com']);

    await start(db, 'nobody@example.com');

    expect(await emails(db)).toEqual(['added@example.com']);
  }),
);

test(
  "an unverified address is promoted only once it's verified",
  withDb(async (db) => {
    const user = await aUser(db, { email: 'boss@example.com', emailVerifiedAt: null });
    const context = { db, settings: { ...settings, operatorEmail: 'boss@example.com' } };
    await applyConfiguredOperator(context);
    expect(await emails(db)).toEqual([]);
    expect(await addOperator({ db }, { email: user.email })).toEqual({ ok: false, reason: 'not_verified' });

    await markVerified(context, user.userId);

    expect(await emails(db)).toEqual(['boss@example.com']);
  }),
);

test(
  'operators are added, listed and removed by command, with one audit event per change',
  withDb(async (db) => {
    const user = await aUser(db, { email: 'ada@example.com', name: 'Ada', totpConfirmedAt: new Date() });
    expect(await addOperator({ db }, { email: 'nobody@example.com' })).toEqual({
      ok: false,
      reason: 'not_found',
    });
    expect(await addOperator({ db }, { email: 'no address' })).toEqual({ ok: false, reason: 'not_found' });
    expect(await addOperator({ db }, { email: user.email })).toEqual({ ok: true });
    expect(await addOperator({ db }, { email: user.email })).toEqual({ ok: false, reason: 'unchanged' });
    expect(await listOperators({ db })).toEqual([
      { email: user.email, name: 'Ada', addedBy: 'command', hasSecondFactor: true },
    ]);

    expect(await removeOperator({ db }, { email: user.email })).toEqual({ ok: true });

    expect(await removeOperator({ db }, { email: user.email })).toEqual({ ok: false, reason: 'unchanged' });
    expect(await removeOperator({ db }, { email: 'nobody@example.com' })).toEqual({
      ok: false,
      reason: 'not_found',
    });
    expect(await listOperators({ db })).toEqual([]);
    expect((await auditTrail(db)).map(({ action, actor }) => [action, actor])).toEqual([
      ['operator.add', 'operator'],
      ['operator.remove', 'operator'],
    ]);
  }),
);

test(
  "if two-factor authentication is required, an operator without it has no access until it's on",
  withDb(async (db) => {
    const user = await aUser(db, { isOperator: true });
    expect(asOperator(user)).toBe(user);
    expect(asOperator(user, { requiresTwoFactor: true })).toBeNull();
    await db.update(users).set({ totpConfirmedAt: new Date() }).where(eq(users.id, user.userId));
    const later = { ...user, hasSecondFactor: true };
    expect(asOperator(later, { requiresTwoFactor: true })).toBe(later);
  }),
);
