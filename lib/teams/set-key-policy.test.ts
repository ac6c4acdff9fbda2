import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { teams } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember } from '#tests/support/factories.ts';
import { readKeyPolicy, SetKeyPolicy, setKeyPolicy } from './set-key-policy.ts';

const policy = SetKeyPolicy.parse({ rotationDaysStaging: '180', rotationDaysProduction: ' 30 ' });
const standard = {
  ...{ revokesExposed: true, rotationDaysDevelopment: null },
  ...{ rotationDaysStaging: null, rotationDaysProduction: 90 },
};

test(
  'an owner sets the team’s policy, with an audit event; the same policy has none',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const other = await aMember(db, 'owner');
    expect(await readKeyPolicy({ db, member: owner })).toEqual(standard);

    expect(await setKeyPolicy({ db, member: owner }, policy)).toEqual({ ok: true });
    await setKeyPolicy({ db, member: owner }, policy);

    expect(await readKeyPolicy({ db, member: owner })).toEqual(policy);
    expect(await readKeyPolicy({ db, member: other })).toEqual(standard);
    expect(await auditTrail(db)).toMatchObject([
      { action: 'team.set_key_policy', teamId: owner.teamId, before: standard, after: policy },
    ]);
  }),
);

test(
  'only owners set it, members can read it, and a deleted team has none',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    for (const role of ['admin', 'member'] as const) {
      const member = await aMember(db, role, owner);
      await expect(setKeyPolicy({ db, member }, policy)).rejects.toThrow(Forbidden);
      expect(await readKeyPolicy({ db, member })).toEqual(standard);
    }
    await db.update(teams).set({ deletedAt: new Date() }).where(eq(teams.id, owner.teamId));
    expect(await setKeyPolicy({ db, member: owner }, policy)).toEqual({ ok: false, reason: 'not_found' });
    expect(await auditTrail(db)).toEqual([]);
  }),
);

test('days are whole numbers from 1 to 730 or empty; the checkbox is present or absent', () => {
  expect(policy).toEqual({
    ...standard,
    revokesExposed: false,
    rotationDaysStaging: 180,
    rotationDaysProduction: 30,
  });
  expect(SetKeyPolicy.parse({ revokesExposed: 'on' }).revokesExposed).toBe(true);
  expect(SetKeyPolicy.parse({ rotationDaysStaging: '730' }).rotationDaysStaging).toBe(730);
  for (const days of ['0', '731', '-1', '1.5', 'x', '9'.repeat(20)])
    expect(SetKeyPolicy.safeParse({ rotationDaysStaging: days }).success, days).toBe(false);
});
