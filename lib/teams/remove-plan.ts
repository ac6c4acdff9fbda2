import { and, eq, isNotNull, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import type { Db } from '#db/client.ts';
import { plans } from '#db/schema/plans.ts';
import { teams } from '#db/schema/teams.ts';
import type { Operator } from '#lib/access/operator.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { lockPlans, planColumns } from './define-plan.ts';
import type { OnePlan } from './make-default-plan.ts';

type Removed =
  | { ok: true; name: string }
  | { ok: false; reason: 'not_found' | 'is_default' }
  | { ok: false; reason: 'in_use'; teams: number };

/** Deletes a plan that no team is on. A deleted team that was on it comes back, if it does, on the default plan. */
export async function removePlan(
  { db, operator }: { db: Db; operator: Operator | 'operator' },
  { planId }: z.output<typeof OnePlan>,
): Promise<Removed> {
  return db.transaction(async (tx) => {
    await lockPlans(tx);
    // The row lock makes a team that is being put on this plan wait, so that the count below stays true.
    const [plan] = await tx
      .select({ ...planColumns, isDefault: plans.isDefault })
      .from(plans)
      .where(eq(plans.id, planId))
      .for('update');
    if (!plan) return { ok: false, reason: 'not_found' };
    if (plan.isDefault) return { ok: false, reason: 'is_default' };
    const onIt = eq(teams.planId, planId);
    const living = await tx.$count(teams, and(onIt, isNull(teams.deletedAt)));
    if (living > 0) return { ok: false, reason: 'in_use', teams: living };

    await tx
      .update(teams)
      .set({ planId: null })
      .where(and(onIt, isNotNull(teams.deletedAt)));
    await tx.delete(plans).where(eq(plans.id, planId));
    const { isDefault: _, ...before } = plan;
    await recordAudit(tx, operator, 'plan.remove', { kind: 'plan', id: planId }, { before });
    return { ok: true, name: plan.name };
  });
}
