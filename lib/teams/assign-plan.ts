import { and, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db, Queryable } from '#db/client.ts';
import { plans } from '#db/schema/plans.ts';
import { teams } from '#db/schema/teams.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Operator } from '#lib/access/operator.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { cancelRaised, holdRequests, isConfirmed, type LimitsImpact, measureImpact } from './retention.ts';
import { Confirm, limitColumns } from './set-limits.ts';

export const AssignPlan = z.object({
  teamId: z.uuid(),
  /** Empty for the default plan. */
  planId: z.union([z.uuid('Choose a plan.'), z.literal('').transform(() => null), z.null()], {
    error: 'Choose a plan.',
  }),
  confirm: Confirm,
});

type Assigned =
  | { ok: true; plan: string; receipt: Receipt | null }
  | { ok: false; reason: 'team_not_found' | 'plan_not_found' }
  | { ok: false; reason: 'confirm'; impact: LimitsImpact };

/**
 * team already exceeds must be confirmed with the team's name.
 * team already exceeds has to be confirmed with the team's name.
 */
export async function assignPlan(
  { db, operator, settings }: { db: Db; operator: Operator | 'operator'; settings: Settings },
  { teamId, planId, confirm }: z.output<typeof AssignPlan>,
): Promise<Assigned> {
  const assigned = await db.transaction(async (tx) => {
    const live = and(eq(teams.id, teamId), isNull(teams.deletedAt));
    const [team] = await tx
      .select({ name: teams.name, planId: teams.planId, ...limitColumns })
      .from(teams)
      .where(live)
      .for('no key update');
    if (!team) return { ok: false, reason: 'team_not_found' } as const;
    const plan = await readPlan(tx, planId);
    if (!plan) return { ok: false, reason: 'plan_not_found' } as const;
    if (team.planId === planId) return { ok: true, plan: plan.name, epoch: null } as const;

    const before = await readPlan(tx, team.planId);
    const impact = await measureImpact(tx, team.name, {
      teams: sql`t.id = ${teamId}`,
      retentionDays: team.retentionDays ?? plan.retentionDays,
      membersMax: team.membersMax ?? plan.membersMax,
      applicationsMax: team.applicationsMax ?? plan.applicationsMax,
    });
    if (impact && !isConfirmed(impact, confirm)) return { ok: false, reason: 'confirm', impact } as const;
    await holdRequests({ db: tx, settings }, operator, impact, {
      ...{ cause: 'team_plan', teamId, planBefore: team.planId, planAfter: planId },
    });
    await tx.update(teams).set({ planId }).where(live);
    await cancelRaised(tx);
    const change = { teamId, before: { plan: before?.name }, after: { plan: plan.name } };
    await recordAudit(tx, operator, 'team.assign_plan', { kind: 'team', id: teamId }, change);
    const epoch = await raiseEpoch(tx, { kind: 'team', id: teamId });
    return { ok: true, plan: plan.name, epoch } as const;
  });
  if (!assigned.ok) return assigned;
  const receipt = assigned.epoch === null ? null : await confirmEpoch(db, assigned.epoch);
  return { ok: true, plan: assigned.plan, receipt };
}

/** The plan, or the default plan for null, locked against deletion until commit. */
async function readPlan(tx: Queryable, planId: string | null) {
  const [row] = await tx
    .select({
      name: plans.name,
      retentionDays: plans.retentionDays,
      membersMax: plans.membersMax,
      applicationsMax: plans.applicationsMax,
    })
    .from(plans)
    .where(planId === null ? eq(plans.isDefault, true) : eq(plans.id, planId))
    .for('key share');
  return row;
}
