import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { plans } from '#db/schema/plans.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { ownDatabase, withDb } from '#tests/support/database.ts';
import { aTeam } from '#tests/support/factories.ts';
import { anOperator, aPlan } from '#tests/support/plans.ts';
import { settings } from '#tests/support/settings.ts';
import { DefinePlan, definePlan } from './define-plan.ts';
import { readTeamForOperator } from './read-team-for-operator.ts';

const figures = {
  dailyQuota: 500,
  burstRequests: 10,
  burstWindowSeconds: 2,
  retentionDays: 7,
  membersMax: 5,
  applicationsMax: null,
};
const values = { name: 'Trial', description: 'For a first look.', ...figures };
const epoch = async (db: Db) => Number((await db.select().from(accessEpoch))[0]?.epoch);

test(
  'a new plan is stored and audited, and isn’t announced to gateways',
  withDb(async (db) => {
    const operator = await anOperator(db);
    const before = await epoch(db);

    const defined = await definePlan({ db, operator, settings }, values);

    if (!defined.ok) throw new Error(defined.reason);
    expect(defined.receipt).toBeNull();
    expect(await epoch(db)).toBe(before);
    const [row] = await db.select().from(plans).where(eq(plans.id, defined.planId));
    expect(row).toMatchObject({ ...values, isDefault: false });
    expect(await auditTrail(db)).toMatchObject([
      {
        action: 'plan.create',
        subjectId: defined.planId,
        teamId: null,
        actorUserId: operator.userId,
        after: values,
      },
    ]);
  }),
);

test(
  'an edit applies to every team on the plan, and is announced to the gateways',
  withDb(async (db) => {
    const operator = await anOperator(db);
    const plan = await aPlan(db);
    const team = await aTeam(db, { planId: plan.id });
    const agreed = await aTeam(db, { planId: plan.id, dailyQuota: 9 });
    const before = await epoch(db);

    const defined = await definePlan({ db, operator, settings }, { planId: plan.id, ...values });

    expect(defined).toMatchObject({ ok: true, receipt: { epoch: before + 1 } });
    const read = async (slug: string) => (await readTeamForOperator({ db, operator }, { slug }))!.effective;
    expect(await read(team.teamSlug)).toEqual(figures);
    expect(await read(agreed.teamSlug)).toEqual({ ...figures, dailyQuota: 9 });
    expect(await auditTrail(db)).toMatchObject([
      { action: 'plan.edit', before: { dailyQuota: 5_000 }, after: { dailyQuota: 500 } },
    ]);
  }),
);

test(
  'names are unique regardless of case, and a plan can keep its own',
  withDb(async (db) => {
    const operator = await anOperator(db);
    const plan = await aPlan(db, { name: 'Gold' });
    const other = await aPlan(db, { name: 'Silver' });
    const define = (input: Partial<typeof values> & { planId?: string }) =>
      definePlan({ db, operator, settings }, { ...values, ...input });

    expect(await define({ name: 'gOLD' })).toEqual({ ok: false, reason: 'name_taken' });
    expect(await define({ name: 'GOLD', planId: other.id })).toEqual({ ok: false, reason: 'name_taken' });
    expect(await define({ name: 'GOLD', planId: plan.id })).toMatchObject({ ok: true });
    expect(await define({ planId: crypto.randomUUID() })).toEqual({ ok: false, reason: 'not_found' });
  }),
);

test('if several plans with the same name are created concurrently, one succeeds', async () => {
  const own = await ownDatabase();
  try {
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () => definePlan({ db: own.db, operator: 'operator', settings }, values)),
    );
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(outcomes.filter((one) => !one.ok && one.reason === 'name_taken')).toHaveLength(5);
  } finally {
    await own.drop();
  }
});

test('limits are whole numbers in their range, and only members and apps can be empty', () => {
  const form = {
    ...{ name: ' Trial ', dailyQuota: '500', burstRequests: '10', burstWindowSeconds: '2' },
    ...{ retentionDays: '7', membersMax: '', applicationsMax: ' ' },
  };
  expect(DefinePlan.parse(form)).toMatchObject({
    name: 'Trial',
    dailyQuota: 500,
    membersMax: null,
    applicationsMax: null,
  });
  const { membersMax: _, ...without } = form;
  expect(DefinePlan.parse(without).membersMax).toBeNull();
  for (const wrong of [
    { name: '  ' },
    { name: 'a\u0000b' },
    { dailyQuota: '' },
    { dailyQuota: '-1' },
    { dailyQuota: '1.5' },
    { burstRequests: '0' },
    { burstWindowSeconds: '3601' },
    { retentionDays: '401' },
    { membersMax: '0' },
    { applicationsMax: 'many' },
  ])
    expect(DefinePlan.safeParse({ ...form, ...wrong }).success, JSON.stringify(wrong)).toBe(false);
});

test.each(['name', 'description', 'dailyQuota', 'membersMax', 'planId'])(
  'a control character in %s is rejected',
  (field) => {
    const figures = { dailyQuota: '1', burstRequests: '1', burstWindowSeconds: '1', retentionDays: '1' };
    const plan = { ...figures, name: 'Plan', description: 'Two\nlines' };
    expect(DefinePlan.safeParse(plan).success).toBe(true);
    expect(DefinePlan.safeParse({ ...plan, [field]: 'a\0b' }).success).toBe(false);
  },
);
