import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { plans } from '#db/schema/plans.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Operator } from '#lib/access/operator.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { lockPlans } from './define-plan.ts';

export const OnePlan = z.object({ planId: z.uuid() });

type Made = { ok: true; name: string; receipt: Receipt | null } | { ok: false; reason: 'not_found' };

/** Puts every team that has no plan of its own on this one, with effect on its next call. */
export async function makeDefaultPlan(
  { db, operator }: { db: Db; operator: Operator | 'operator' },
  { planId }: z.output<typeof OnePlan>,
): Promise<Made> {
  const made = await db.transaction(async (tx) => {
    await lockPlans(tx);
    const [plan] = await tx
      .select({ name: plans.name, isDefault: plans.isDefault })
      .from(plans)
      .where(eq(plans.id, planId));
    if (!plan) return null;
    if (plan.isDefault) return { name: plan.name, epoch: null };

    const [former] = await tx
      .update(plans)
      .set({ isDefault: false })
      .where(eq(plans.isDefault, true))
      .returning({ name: plans.name });
    await tx.update(plans).set({ isDefault: true }).where(eq(plans.id, planId));
    const change = { before: { default: former?.name }, after: { default: plan.name } };
    await recordAudit(tx, operator, 'plan.make_default', { kind: 'plan', id: planId }, change);
    return { name: plan.name, epoch: await raiseEpoch(tx, { kind: 'plan', id: planId }) };
  });
  if (!made) return { ok: false, reason: 'not_found' };
  const receipt = made.epoch === null ? null : await confirmEpoch(db, made.epoch);
  return { ok: true, name: made.name, receipt };
}
