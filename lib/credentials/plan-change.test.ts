import { expect, test } from 'vitest';
import { openAdmission } from '#lib/admission/admission.ts';
import { assignPlan } from '#lib/teams/assign-plan.ts';
import { definePlan } from '#lib/teams/define-plan.ts';
import { ownDatabase } from '#tests/support/database.ts';
import { aCredential, anApplication, aTeam } from '#tests/support/factories.ts';
import { aPlan } from '#tests/support/plans.ts';
import { settings } from '#tests/support/settings.ts';

test('a plan change makes gateways reload every team, so it applies to the next request', async () => {
  const own = await ownDatabase();
  try {
    const admission = openAdmission({ sql: own.sql, mayUseCache: () => true });
    const context = { db: own.db, operator: 'operator', settings } as const;
    const team = await aTeam(own.db);
    const { keyId } = await aCredential(own.db, await anApplication(own.db, team));
    const { id: planId, createdAt: _, isDefault: __, id: ___, ...figures } = await aPlan(own.db);
    expect(await admission.find(keyId)).toMatchObject({ dailyQuota: 10_000 });

    await assignPlan(context, { teamId: team.teamId, planId });
    expect(await admission.find(keyId), 'from memory').toMatchObject({ dailyQuota: 10_000 });
    admission.forget({ kind: 'team', id: team.teamId });
    expect(await admission.find(keyId)).toMatchObject({ dailyQuota: 5_000 });

    await definePlan(context, { planId, ...figures, dailyQuota: 3 });
    admission.forget({ kind: 'plan', id: planId });
    expect(await admission.find(keyId)).toMatchObject({ dailyQuota: 3 });
  } finally {
    await own.drop();
  }
});
