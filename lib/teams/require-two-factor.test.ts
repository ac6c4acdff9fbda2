import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { users } from '#db/schema/accounts.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember } from '#tests/support/factories.ts';
import { readSettings } from './read-settings.ts';
import { requireTwoFactor } from './require-two-factor.ts';

test(
  'an owner who has set it up can require it, and stop requiring it at any time',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const bystander = await aMember(db, 'owner');
    const isRequired = async (who = member) => (await readSettings({ db, member: who })).requiresTwoFactor;

    expect(await requireTwoFactor({ db, member }, { required: true })).toEqual({
      ok: false,
      reason: 'own_missing',
    });
    expect(await isRequired()).toBe(false);

    await db.update(users).set({ totpConfirmedAt: new Date() }).where(eq(users.id, member.userId));
    expect(await requireTwoFactor({ db, member }, { required: true })).toEqual({ ok: true });
    expect(await requireTwoFactor({ db, member }, { required: true })).toEqual({ ok: true });
    expect(await isRequired()).toBe(true);
    expect(await isRequired(bystander)).toBe(false);
    expect((await readSettings({ db, member })).own.hasTwoFactor).toBe(true);

    await db.update(users).set({ totpConfirmedAt: null }).where(eq(users.id, member.userId));
    expect(await requireTwoFactor({ db, member }, { required: false })).toEqual({ ok: true });
    expect(await isRequired()).toBe(false);
    expect(await auditTrail(db)).toMatchObject([
      { action: 'team.require_two_factor', after: { required: true } },
      { action: 'team.require_two_factor', after: { required: false } },
    ]);
  }),
);

test(
  'admins are rejected',
  withDb(async (db) => {
    const member = await aMember(db, 'admin');
    await expect(requireTwoFactor({ db, member }, { required: false })).rejects.toThrow(Forbidden);
  }),
);
