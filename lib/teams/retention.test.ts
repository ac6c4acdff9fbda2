import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { outbox } from '#db/schema/mail.ts';
import { plans } from '#db/schema/plans.ts';
import { retentionChanges, retentionHolds } from '#db/schema/retention.ts';
import { members, teams } from '#db/schema/teams.ts';
import { usageRecords } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { dropExpiredUsage } from '#lib/metering/partitions.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { ownDatabase, withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication, aTeam } from '#tests/support/factories.ts';
import { mailsOf } from '#tests/support/invitations.ts';
import { anOperator, aPlan } from '#tests/support/plans.ts';
import { settings } from '#tests/support/settings.ts';
import { aCall } from '#tests/support/usage-rows.ts';
import { assignPlan } from './assign-plan.ts';
import { definePlan } from './define-plan.ts';
import { listRetentionChanges } from './list-retention-changes.ts';
import { makeDefaultPlan } from './make-default-plan.ts';
import { removePlan } from './remove-plan.ts';
import { SetLimits, setLimits } from './set-limits.ts';
import { undoRetentionChange } from './undo-retention-change.ts';

const DAY_MS = 86_400_000;
/** Noon of a UTC day in the past, so that no test runs near midnight. */
const daysAgo = (days: number) =>
  new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2 - days * DAY_MS);

/** A team with one request on each of these days. The oldest ones are in the default partition. */
async function aLog(db: Db, values: Partial<typeof teams.$inferInsert>, days: readonly number[]) {
  const owner = await aMember(db, 'owner', await aTeam(db, values));
  const key = await aCredential(db, await anApplication(db, owner));
  for (const age of days) {
    const at = daysAgo(age);
    await aCall(db, key, { at, day: at.toISOString().slice(0, 10), path: `/${age}` });
  }
  return owner;
}
const left = async (db: Db, { teamId }: Member) =>
  (await db.select().from(usageRecords).where(eq(usageRecords.teamId, teamId)))
    .map(({ path }) => Number(path.slice(1)))
    .sort((a, b) => a - b);
const inADay = (db: Db) =>
  db.execute(sql`with changes as (update retention_changes set due_at = now() - interval '1 second' returning 1)
    update retention_holds set until = now() - interval '1 second'`);
const limits = (teamId: string, values: Record<string, unknown>, confirm?: string) =>
  SetLimits.parse({ teamId, ...values, confirm });
const nameOf = async (db: Db, { teamId }: Member) =>
  (await db.select().from(teams).where(eq(teams.id, teamId)))[0]!.name;

test(
  'lowering the log retention of a team deletes nothing before it is confirmed and a day has passed',
  withDb(async (db) => {
    const operator = await anOperator(db);
    const owner = await aLog(db, { name: 'Acme', retentionDays: 30 }, [0, 5, 6, 7, 20, 29]);
    const other = await aLog(db, { retentionDays: 30 }, [29]);
    const { teamId } = owner;
    const context = { db, operator, settings };

    const asked = await setLimits(context, limits(teamId, { retentionDays: 7 }));
    if (asked.ok || asked.reason !== 'confirm') throw new Error('not asked');
    // Tomorrow, requests of 7 days ago or older are 8 days old.
    expect(asked.impact).toMatchObject({
      ...{ subject: 'Acme', daysAfter: 7, requests: 3, approximate: false, exceeded: [] },
      losses: [{ teamId, name: 'Acme', daysBefore: 30, requests: 3 }],
    });
    const hours = (asked.impact.dueAt.getTime() - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThanOrEqual(24.01);
    for (const confirm of ['', 'acme', 'Other'])
      expect(await setLimits(context, limits(teamId, { retentionDays: 7 }, confirm))).toMatchObject({
        ok: false,
      });
    expect(await db.$count(retentionChanges)).toBe(0);
    expect(await auditTrail(db)).toEqual([]);

    expect(await setLimits(context, limits(teamId, { retentionDays: 7 }, ' Acme '))).toMatchObject({
      ok: true,
    });
    await dropExpiredUsage(db);
    expect(await left(db, owner)).toEqual([0, 5, 6, 7, 20, 29]);
    expect(await listRetentionChanges(context, { teamId })).toMatchObject([
      { subject: 'Acme', daysBefore: 30, daysAfter: 7, requests: 3, teams: 1, undo: 'retention' },
    ]);
    expect(await listRetentionChanges(context, { teamId: other.teamId })).toEqual([]);

    await inADay(db);
    await dropExpiredUsage(db);
    expect(await left(db, owner)).toEqual([0, 5, 6, 7]);
    expect(await left(db, other)).toEqual([29]);
    expect(await listRetentionChanges(context)).toEqual([]);
  }),
);

test(
  'the owners of the team are emailed, and the change is audited in the team',
  withDb(async (db) => {
    const operator = await anOperator(db);
    const owner = await aLog(db, { name: 'Acme', slug: 'acme-log', retentionDays: 30 }, [20, 25]);
    await aMember(db, 'admin', owner);
    const gone = await aMember(db, 'owner', owner);
    await db.update(members).set({ status: 'suspended' }).where(eq(members.id, gone.memberId));
    const second = await aMember(db, 'owner', owner);

    await setLimits({ db, operator, settings }, limits(owner.teamId, { retentionDays: 7 }, 'Acme'));

    const mails = await mailsOf(db, 'log-retention');
    expect(mails.map(({ to }) => to).sort()).toEqual([owner.email, second.email].sort());
    expect(mails[0]?.props).toMatchObject({
      ...{ team: 'Acme', change: 'lowered', daysBefore: 30, daysAfter: 7, requests: 2 },
      link: `${settings.portalUrl}/t/acme-log/logs`,
    });
    expect(await auditTrail(db)).toMatchObject([
      {
        ...{ action: 'team.lower_retention', teamId: owner.teamId, actorUserId: operator.userId },
        ...{ before: { retentionDays: 30 }, after: { retentionDays: 7, requestsDeleted: 2 } },
      },
      { action: 'team.set_limits', before: { retentionDays: 30 }, after: { retentionDays: 7 } },
    ]);
  }),
);

test(
  'a change can be undone for a day, once, and the requests stay',
  withDb(async (db) => {
    const operator = await anOperator(db);
    const context = { db, operator, settings };
    const owner = await aLog(db, { name: 'Acme', retentionDays: 30 }, [20]);
    await setLimits(context, limits(owner.teamId, { retentionDays: 7, dailyQuota: 5 }, 'Acme'));
    const [change] = await listRetentionChanges(context);

    expect(await undoRetentionChange(context, { changeId: change!.id })).toMatchObject({ ok: true });
    expect(await undoRetentionChange(context, { changeId: change!.id })).toEqual({
      ok: false,
      reason: 'too_late',
    });
    // Only the retention is restored.
    const [team] = await db.select().from(teams).where(eq(teams.id, owner.teamId));
    expect(team).toMatchObject({ retentionDays: 30, dailyQuota: 5 });
    expect(await listRetentionChanges(context)).toEqual([]);
    await inADay(db);
    await dropExpiredUsage(db);
    expect(await left(db, owner)).toEqual([20]);
    expect((await mailsOf(db, 'log-retention')).map(({ props }) => props.change)).toEqual([
      'lowered',
      'restored',
    ]);
    expect((await auditTrail(db)).map(({ action }) => action)).toEqual([
      ...['team.lower_retention', 'team.set_limits', 'team.set_limits', 'team.undo_retention'],
    ]);
  }),
);

test(
  'a change that is due, or that was followed by another one, can’t be undone',
  withDb(async (db) => {
    const operator = await anOperator(db);
    const context = { db, operator, settings };
    const owner = await aLog(db, { name: 'Acme', retentionDays: 30 }, [10, 20]);
    const set = (retentionDays: number) =>
      setLimits(context, limits(owner.teamId, { retentionDays }, 'Acme'));
    await set(15);
    const [first] = await listRetentionChanges(context);
    await set(7);
    expect(await undoRetentionChange(context, { changeId: first!.id })).toEqual({
      ok: false,
      reason: 'changed_since',
    });
    expect(await listRetentionChanges(context)).toHaveLength(2);
    const second = (await listRetentionChanges(context)).find(({ id }) => id !== first!.id)!;
    expect(await undoRetentionChange(context, { changeId: second.id })).toMatchObject({ ok: true });
    expect(await undoRetentionChange(context, { changeId: first!.id })).toMatchObject({ ok: true });
    expect(await undoRetentionChange(context, { changeId: crypto.randomUUID() })).toMatchObject({
      ok: false,
    });

    await set(15);
    const [third] = await listRetentionChanges(context);
    await inADay(db);
    expect(await undoRetentionChange(context, { changeId: third!.id })).toEqual({
      ok: false,
      reason: 'too_late',
    });
  }),
);

test(
  'raising the retention again cancels the deletion',
  withDb(async (db) => {
    const context = { db, operator: await anOperator(db), settings };
    const owner = await aLog(db, { name: 'Acme', retentionDays: 30 }, [20]);
    await setLimits(context, limits(owner.teamId, { retentionDays: 7 }, 'Acme'));

    expect(await setLimits(context, limits(owner.teamId, { retentionDays: 30 }))).toMatchObject({ ok: true });

    expect(await listRetentionChanges(context)).toEqual([]);
    expect((await db.select().from(retentionChanges))[0]?.canceledAt).not.toBeNull();
    await inADay(db);
    await dropExpiredUsage(db);
    expect(await left(db, owner)).toEqual([20]);
  }),
);

test(
  'a plan’s retention affects its teams without a custom one, and is undone for all of them',
  withDb(async (db) => {
    const context = { db, operator: await anOperator(db), settings };
    const plan = await aPlan(db, { name: 'Gold', retentionDays: 30 });
    const one = await aLog(db, { planId: plan.id }, [10, 20]);
    const two = await aLog(db, { planId: plan.id }, [20]);
    const custom = await aLog(db, { planId: plan.id, retentionDays: 30 }, [20]);
    const elsewhere = await aLog(db, {}, [20]);
    const { isDefault: _, createdAt: __, id: planId, ...values } = plan;
    const edit = (confirm?: string) =>
      definePlan(context, { ...values, planId, retentionDays: 7, confirm } as Parameters<
        typeof definePlan
      >[1]);

    const asked = await edit();
    if (asked.ok || asked.reason !== 'confirm') throw new Error('not asked');
    expect(asked.impact).toMatchObject({ subject: 'Gold', requests: 3 });
    expect(asked.impact.losses.map(({ teamId, requests }) => [teamId, requests])).toEqual([
      ...[
        [one.teamId, 2],
        [two.teamId, 1],
      ],
    ]);
    expect(await edit('Gold')).toMatchObject({ ok: true });

    await dropExpiredUsage(db);
    for (const team of [one, two, custom, elsewhere]) expect(await left(db, team)).toContain(20);
    expect((await mailsOf(db, 'log-retention')).map(({ to }) => to).sort()).toEqual(
      [one.email, two.email].sort(),
    );
    const [change] = await listRetentionChanges(context, { teamId: two.teamId });
    expect(change).toMatchObject({ subject: 'Gold', requests: 1, teams: 1 });
    expect(await undoRetentionChange(context, { changeId: change!.id })).toMatchObject({ ok: true });
    expect((await db.select().from(plans).where(eq(plans.id, planId)))[0]?.retentionDays).toBe(30);
    expect(await db.$count(outbox)).toBe(4);
  }),
);

test(
  'assigning a plan, and making one the default, are confirmed, held and undone in the same way',
  withDb(async (db) => {
    const context = { db, operator: await anOperator(db), settings };
    const short = await aPlan(db, { name: 'Short', retentionDays: 7 });
    const owner = await aLog(db, { name: 'Acme' }, [20]);
    const assign = (confirm?: string) =>
      assignPlan(context, { teamId: owner.teamId, planId: short.id, confirm });
    const makeDefault = (confirm?: string) => makeDefaultPlan(context, { planId: short.id, confirm });
    const defaultName = async () =>
      (await db.select().from(plans).where(eq(plans.isDefault, true))).map(({ name }) => name);

    expect(await assign()).toMatchObject({
      ok: false,
      reason: 'confirm',
      impact: { requests: 1, subject: 'Acme' },
    });
    expect(await assign('Acme')).toMatchObject({ ok: true });
    const [assigned] = await listRetentionChanges(context);
    expect(assigned).toMatchObject({ undo: 'plan', planBefore: null, daysBefore: 90, daysAfter: 7 });
    expect(await undoRetentionChange(context, { changeId: assigned!.id })).toMatchObject({ ok: true });
    expect((await db.select().from(teams).where(eq(teams.id, owner.teamId)))[0]?.planId).toBeNull();

    expect(await makeDefault()).toMatchObject({ ok: false, reason: 'confirm', impact: { subject: 'Short' } });
    expect(await makeDefault('Short')).toMatchObject({ ok: true });
    const [made] = await listRetentionChanges(context);
    expect(made).toMatchObject({ undo: 'default_plan', planBefore: 'Standard', requests: 1 });
    await dropExpiredUsage(db);
    expect(await left(db, owner)).toEqual([20]);
    expect(await undoRetentionChange(context, { changeId: made!.id })).toMatchObject({ ok: true });
    expect(await defaultName()).toEqual(['Standard']);
  }),
);

test(
  'a deleted team keeps its log retention when its plan is removed',
  withDb(async (db) => {
    const context = { db, operator: await anOperator(db), settings };
    const plan = await aPlan(db, { retentionDays: 200 });
    const owner = await aLog(db, { planId: plan.id, deletedAt: new Date() }, [150]);

    expect(await removePlan(context, { planId: plan.id })).toMatchObject({ ok: true });
    await dropExpiredUsage(db);

    expect(await left(db, owner)).toEqual([150]);
  }),
);

test(
  'a limit below the current number is shown, and removes nothing',
  withDb(async (db) => {
    const context = { db, operator: await anOperator(db), settings };
    const owner = await aMember(db, 'owner', await aTeam(db, { name: 'Acme' }));
    for (let i = 0; i < 2; i++) await aMember(db, 'member', owner);
    for (let i = 0; i < 2; i++) await anApplication(db, owner);
    const set = (confirm?: string) =>
      setLimits(context, limits(owner.teamId, { membersMax: 2, applicationsMax: 1 }, confirm));

    expect(await set()).toMatchObject({
      ...{ ok: false, reason: 'confirm' },
      impact: {
        losses: [],
        exceeded: [
          { name: 'Acme', what: 'apps', has: 2, max: 1 },
          { name: 'Acme', what: 'members', has: 3, max: 2 },
        ],
      },
    });
    expect(await set('Acme')).toMatchObject({ ok: true });
    // Already confirmed: saving the same or other limits doesn't ask again.
    expect(
      await setLimits(context, limits(owner.teamId, { membersMax: 2, applicationsMax: 1, dailyQuota: 9 })),
    ).toMatchObject({ ok: true });
    expect(await db.$count(members, eq(members.teamId, owner.teamId))).toBe(3);
    expect(await db.$count(retentionHolds)).toBe(0);
    expect(await mailsOf(db, 'log-retention')).toEqual([]);
  }),
);

test('Undo and another change at the same time leave the team with one of the two', async () => {
  const own = await ownDatabase();
  try {
    const { db } = own;
    const context = { db, operator: 'operator', settings } as const;
    const owner = await aLog(db, { retentionDays: 30 }, [20]);
    const name = await nameOf(db, owner);
    for (let round = 0; round < 8; round++) {
      await setLimits(context, limits(owner.teamId, { retentionDays: 30 }));
      await setLimits(context, limits(owner.teamId, { retentionDays: 7 }, name));
      const [change] = await listRetentionChanges(context);
      const [undone, set] = await Promise.all([
        undoRetentionChange(context, { changeId: change!.id }),
        setLimits(context, limits(owner.teamId, { retentionDays: 60 })),
      ]);
      expect(set.ok).toBe(true);
      expect(['true', 'too_late', 'changed_since']).toContain(undone.ok ? 'true' : undone.reason);
      const [team] = await db.select().from(teams).where(eq(teams.id, owner.teamId));
      expect([30, 60]).toContain(team?.retentionDays);
      expect(await listRetentionChanges(context)).toEqual([]);
    }
  } finally {
    await own.drop();
  }
});
