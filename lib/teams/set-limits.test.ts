import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication, aTeam } from '#tests/support/factories.ts';
import { anOperator, aPlan } from '#tests/support/plans.ts';
import { settings } from '#tests/support/settings.ts';
import { aDay } from '#tests/support/usage-rows.ts';
import { AssignPlan, assignPlan } from './assign-plan.ts';
import { readTeamForOperator } from './read-team-for-operator.ts';
import { SetLimits, setLimits } from './set-limits.ts';

const none = {
  ...{ dailyQuota: null, burstRequests: null, burstWindowSeconds: null },
  ...{ retentionDays: null, membersMax: null, applicationsMax: null },
};
const epoch = async (db: Db) => Number((await db.select().from(accessEpoch))[0]?.epoch);

test(
  'custom limits override the plan, and an empty one uses the plan',
  withDb(async (db) => {
    const operator = await anOperator(db);
    const team = await aTeam(db);
    const other = await aTeam(db);
    const before = await epoch(db);

    const set = await setLimits(
      { db, operator, settings },
      { teamId: team.teamId, ...none, dailyQuota: 7, membersMax: 3 },
    );

    expect(set).toMatchObject({ ok: true, receipt: { epoch: before + 1 } });
    const read = async (slug: string) => (await readTeamForOperator({ db, operator }, { slug }))!;
    expect(await read(team.teamSlug)).toMatchObject({
      overrides: { ...none, dailyQuota: 7, membersMax: 3 },
      effective: {
        dailyQuota: 7,
        burstRequests: 1_000,
        retentionDays: 90,
        membersMax: 3,
        applicationsMax: null,
      },
    });
    expect(await read(other.teamSlug)).toMatchObject({ overrides: none, effective: { dailyQuota: 10_000 } });
    expect(await auditTrail(db)).toMatchObject([
      {
        ...{ action: 'team.set_limits', teamId: team.teamId, actorUserId: operator.userId },
        ...{ before: none, after: { dailyQuota: 7, membersMax: 3 } },
      },
    ]);
  }),
);

test(
  'an assigned plan is announced, and audited in the team',
  withDb(async (db) => {
    const operator = await anOperator(db);
    const plan = await aPlan(db, { name: 'Gold' });
    const { teamId, teamSlug } = await aTeam(db);
    const before = await epoch(db);

    const assigned = await assignPlan({ db, operator, settings }, { teamId, planId: plan.id });

    expect(assigned).toMatchObject({ ok: true, plan: 'Gold', receipt: { epoch: before + 1 } });
    expect(await readTeamForOperator({ db, operator }, { slug: teamSlug })).toMatchObject({
      ...{ ownPlanId: plan.id, plan: { name: 'Gold' }, effective: { dailyQuota: 5_000 } },
    });
    expect(await assignPlan({ db, operator, settings }, { teamId, planId: plan.id })).toMatchObject({
      receipt: null,
    });
    expect(await assignPlan({ db, operator, settings }, { teamId, planId: null })).toMatchObject({
      plan: 'Standard',
    });
    expect(await auditTrail(db)).toMatchObject([
      { action: 'team.assign_plan', teamId, before: { plan: 'Standard' }, after: { plan: 'Gold' } },
      { action: 'team.assign_plan', teamId, before: { plan: 'Gold' }, after: { plan: 'Standard' } },
    ]);
  }),
);

test(
  'a deleted team, an unknown team and an unknown plan are reported, and nothing is announced',
  withDb(async (db) => {
    const operator = await anOperator(db);
    const gone = await aTeam(db, { deletedAt: new Date() });
    const { teamId } = await aTeam(db);
    const before = await epoch(db);

    for (const id of [gone.teamId, crypto.randomUUID()]) {
      expect(await setLimits({ db, operator, settings }, { teamId: id, ...none })).toEqual({
        ok: false,
        reason: 'not_found',
      });
      expect(await assignPlan({ db, operator, settings }, { teamId: id, planId: null })).toEqual({
        ...{ ok: false, reason: 'team_not_found' },
      });
    }
    expect(await assignPlan({ db, operator, settings }, { teamId, planId: crypto.randomUUID() })).toEqual({
      ...{ ok: false, reason: 'plan_not_found' },
    });
    expect(await readTeamForOperator({ db, operator }, { slug: gone.teamSlug })).toBeNull();
    expect(await epoch(db)).toBe(before);
    expect(await auditTrail(db)).toEqual([]);
  }),
);

test(
  'the page of a team shows today’s usage, its members and its apps',
  withDb(async (db) => {
    const operator = await anOperator(db);
    const owner = await aMember(db, 'owner');
    await anApplication(db, owner, { isDefault: true });
    const key = await aCredential(db, await anApplication(db, owner));
    await aDay(db, key, 0, { requests: 8, errors: 2, refused: 1 });
    await aDay(db, key, 1, { requests: 99 });

    expect(await readTeamForOperator({ db, operator }, { slug: owner.teamSlug })).toMatchObject({
      ...{ members: 1, invited: 0, apps: 1, today: { requests: 8, errors: 2, refused: 1 } },
    });
  }),
);

test('both burst fields are set or neither, and empty fields are null', () => {
  const teamId = crypto.randomUUID();
  expect(SetLimits.parse({ teamId, dailyQuota: '', membersMax: ' ' })).toEqual({ teamId, ...none });
  expect(SetLimits.safeParse({ teamId, burstRequests: '5' }).error?.issues[0]?.path).toEqual([
    'burstWindowSeconds',
  ]);
  expect(SetLimits.safeParse({ teamId, burstRequests: '5', burstWindowSeconds: '2' }).success).toBe(true);
  expect(AssignPlan.parse({ teamId, planId: '' }).planId).toBeNull();
});
