import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { plans } from '#db/schema/plans.ts';
import { teams } from '#db/schema/teams.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { ownDatabase, withDb } from '#tests/support/database.ts';
import { aTeam } from '#tests/support/factories.ts';
import { anOperator, aPlan } from '#tests/support/plans.ts';
import { settings } from '#tests/support/settings.ts';
import { assignPlan } from './assign-plan.ts';
import { listPlans } from './list-plans.ts';
import { makeDefaultPlan } from './make-default-plan.ts';
import { removePlan } from './remove-plan.ts';

const epoch = async (db: Db) => Number((await db.select().from(accessEpoch))[0]?.epoch);

test(
  'an unused plan is deleted, and its deleted teams move to the default plan',
  withDb(async (db) => {
    const operator = await anOperator(db);
    const plan = await aPlan(db, { name: 'Old' });
    const { teamId } = await aTeam(db, { planId: plan.id, deletedAt: new Date() });

    expect(await removePlan({ db, operator }, { planId: plan.id })).toEqual({ ok: true, name: 'Old' });

    expect(await db.select().from(plans).where(eq(plans.id, plan.id))).toEqual([]);
    expect((await db.select().from(teams).where(eq(teams.id, teamId)))[0]?.planId).toBeNull();
    expect(await auditTrail(db)).toMatchObject([
      { action: 'plan.remove', subjectId: plan.id, actorUserId: operator.userId, before: { name: 'Old' } },
    ]);
    expect(await removePlan({ db, operator }, { planId: plan.id })).toEqual({
      ok: false,
      reason: 'not_found',
    });
  }),
);

test(
  'a plan with teams and the default plan can’t be deleted',
  withDb(async (db) => {
    const operator = await anOperator(db);
    const plan = await aPlan(db);
    await aTeam(db, { planId: plan.id });
    const [standard] = await listPlans({ db, operator });

    expect(await removePlan({ db, operator }, { planId: plan.id })).toEqual({
      ...{ ok: false, reason: 'in_use', teams: 1 },
    });
    expect(await removePlan({ db, operator }, { planId: standard!.id })).toEqual({
      ...{ ok: false, reason: 'is_default' },
    });
    expect(await auditTrail(db)).toEqual([]);
  }),
);

test(
  'teams without a plan are on the default plan, and changing it is announced',
  withDb(async (db) => {
    const operator = await anOperator(db);
    const plan = await aPlan(db, { name: 'Aaa' });
    await aTeam(db);
    await aTeam(db, { planId: plan.id });
    await aTeam(db, { deletedAt: new Date() });
    expect(await listPlans({ db, operator })).toMatchObject([
      { name: 'Standard', isDefault: true, teams: 1 },
      { name: 'Aaa', isDefault: false, teams: 1 },
    ]);
    const before = await epoch(db);

    const made = await makeDefaultPlan({ db, operator, settings }, { planId: plan.id });

    expect(made).toMatchObject({ ok: true, name: 'Aaa', receipt: { epoch: before + 1 } });
    expect(await listPlans({ db, operator })).toMatchObject([
      { name: 'Aaa', isDefault: true, teams: 2 },
      { name: 'Standard', isDefault: false, teams: 0 },
    ]);
    expect(await makeDefaultPlan({ db, operator, settings }, { planId: plan.id })).toMatchObject({
      ok: true,
      receipt: null,
    });
    expect(await makeDefaultPlan({ db, operator, settings }, { planId: crypto.randomUUID() })).toEqual({
      ...{ ok: false, reason: 'not_found' },
    });
    expect(await auditTrail(db)).toMatchObject([
      { action: 'plan.make_default', before: { default: 'Standard' }, after: { default: 'Aaa' } },
    ]);
  }),
);

test('a plan that is deleted while it is assigned ends up either deleted or in use', async () => {
  const own = await ownDatabase();
  try {
    for (let round = 0; round < 10; round++) {
      const { id: planId } = await aPlan(own.db);
      const { teamId } = await aTeam(own.db);
      const context = { db: own.db, operator: 'operator', settings } as const;
      const [removed, assigned] = await Promise.all([
        removePlan(context, { planId }),
        assignPlan(context, { teamId, planId }),
      ]);
      expect([removed.ok, assigned.ok].filter(Boolean), `round ${round}`).toHaveLength(1);
    }
  } finally {
    await own.drop();
  }
});
