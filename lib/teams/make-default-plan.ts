import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { plans } from '#db/schema/plans.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Operator } from '#lib/access/operator.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { lockPlans, planColumns } from './define-plan.ts';
import { cancelRaised, holdRequests, isConfirmed, type LimitsImpact, measureImpact } from './retention.ts';
import { Confirm } from './set-limits.ts';

export const OnePlan = z.object({ planId: z.uuid() });
export const MakeDefaultPlan = OnePlan.extend({ confirm: Confirm });

type Made =
  | { ok: true; name: string; receipt: Receipt | null }
  | { ok: false; reason: 'not_found' }
  | { ok: false; reason: 'confirm'; impact: LimitsImpact };

/**
 * Makes a plan the default: every team without a plan of its own moves to it, effective from its next request. If that
 * deletes requests or a team already exceeds a limit, it must be confirmed with the plan's name.
 */
export async function makeDefaultPlan(
  { db, operator, settings }: { db: Db; operator: Operator | 'operator'; settings: Settings },
  { planId, confirm }: z.output<typeof MakeDefaultPlan>,
): Promise<Made> {
  const made = await db.transaction(async (tx) => {
    await lockPlans(tx);
    const [plan] = await tx
      .select({ ...planColumns, isDefault: plans.isDefault })
      .from(plans)
      .where(eq(plans.id, planId));
    if (!plan) return { ok: false, reason: 'not_found' } as const;
    if (plan.isDefault) return { ok: true, name: plan.name, epoch: null } as const;

    const impact = await measureImpact(tx, plan.name, {
      ...{ teams: sql`t.plan_id is null`, isPlan: true },
      ...plan,
    });
    if (impact && !isConfirmed(impact, confirm)) return { ok: false, reason: 'confirm', impact } as const;
    const [former] = await tx
      .update(plans)
      .set({ isDefault: false })
      .where(eq(plans.isDefault, true))
      .returning({ id: plans.id, name: plans.name });
    await holdRequests({ db: tx, settings }, operator, impact, {
      ...{ cause: 'default_plan', planId, planBefore: former?.id ?? null, planAfter: planId },
    });
    await tx.update(plans).set({ isDefault: true }).where(eq(plans.id, planId));
    await cancelRaised(tx);
    const change = { before: { default: former?.name }, after: { default: plan.name } };
    await recordAudit(tx, operator, 'plan.make_default', { kind: 'plan', id: planId }, change);
    return { ok: true, name: plan.name, epoch: await raiseEpoch(tx, { kind: 'plan', id: planId }) } as const;
  });
  if (!made.ok) return made;
  const receipt = made.epoch === null ? null : await confirmEpoch(db, made.epoch);
  return { ok: true, name: made.name, receipt };
}
