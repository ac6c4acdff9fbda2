import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm';
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

/**
 * Deletes a plan that no team is on. Deleted teams that were on it can still be restored: they move to the default plan and
 * keep their log retention.
 */
export async function removePlan(
  { db, operator }: { db: Db; operator: Operator | 'operator' },
  { planId }: z.output<typeof OnePlan>,
): Promise<Removed> {
  return db.transaction(async (tx) => {
    await lockPlans(tx);
    // The row lock blocks assignments of this plan, so that the count below stays exact.
    const [plan] = await tx
      .select({ ...planColumns, isDefault: plans.isDefault })
      .from(plans)
      .where(eq(plans.id, planId))
      .for('update');
    if (!plan) return { ok: false, reason: 'not_found' };
    if (plan.isDefault) return { ok: false, reason: 'is_default' };
    const onIt = eq(teams.planId, planId);
    const liveTeams = await tx.$count(teams, and(onIt, isNull(teams.deletedAt)));
    if (liveTeams > 0) return { ok: false, reason: 'in_use', teams: liveTeams };

    await tx
      .update(teams)
      .set({ planId: null, retentionDays: sql`coalesce(${teams.retentionDays}, ${plan.retentionDays})` })
      .where(and(onIt, isNotNull(teams.deletedAt)));
    await tx.delete(plans).where(eq(plans.id, planId));
    const { isDefault: _, ...before } = plan;
    await recordAudit(tx, operator, 'plan.remove', { kind: 'plan', id: planId }, { before });
    return { ok: true, name: plan.name };
  });
}
