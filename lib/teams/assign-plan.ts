import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Db, Queryable } from '#db/client.ts';
import { plans } from '#db/schema/plans.ts';
import { teams } from '#db/schema/teams.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Operator } from '#lib/access/operator.ts';
import { recordAudit } from '#lib/audit/record.ts';

export const AssignPlan = z.object({
  teamId: z.uuid(),
  /** Empty for whatever plan is the default. */
  planId: z.union([z.uuid('Choose a plan.'), z.literal('').transform(() => null), z.null()], {
    error: 'Choose a plan.',
  }),
});

type Assigned =
  | { ok: true; plan: string; receipt: Receipt | null }
  | { ok: false; reason: 'team_not_found' | 'plan_not_found' };

/** Puts a team on a plan, with effect on its next call. What was agreed with the team alone goes on holding. */
export async function assignPlan(
  { db, operator }: { db: Db; operator: Operator | 'operator' },
  { teamId, planId }: z.output<typeof AssignPlan>,
): Promise<Assigned> {
  const assigned = await db.transaction(async (tx) => {
    const live = and(eq(teams.id, teamId), isNull(teams.deletedAt));
    const [team] = await tx.select({ planId: teams.planId }).from(teams).where(live).for('no key update');
    if (!team) return { ok: false, reason: 'team_not_found' } as const;
    const plan = await readPlan(tx, planId);
    if (!plan) return { ok: false, reason: 'plan_not_found' } as const;
    if (team.planId === planId) return { ok: true, plan: plan.name, epoch: null } as const;

    const before = await readPlan(tx, team.planId);
    await tx.update(teams).set({ planId }).where(live);
    const change = { teamId, before: { plan: before?.name }, after: { plan: plan.name } };
    await recordAudit(tx, operator, 'team.assign_plan', { kind: 'team', id: teamId }, change);
    const epoch = await raiseEpoch(tx, { kind: 'team', id: teamId });
    return { ok: true, plan: plan.name, epoch } as const;
  });
  if (!assigned.ok) return assigned;
  const receipt = assigned.epoch === null ? null : await confirmEpoch(db, assigned.epoch);
  return { ok: true, plan: assigned.plan, receipt };
}

/** The plan, or the default one for null, kept from being deleted until commit. */
async function readPlan(tx: Queryable, planId: string | null) {
  const [row] = await tx
    .select({ name: plans.name })
    .from(plans)
    .where(planId === null ? eq(plans.isDefault, true) : eq(plans.id, planId))
    .for('key share');
  return row;
}
