import { and, eq, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db, Queryable } from '#db/client.ts';
import { plans } from '#db/schema/plans.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Operator } from '#lib/access/operator.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { FIGURES, figure, optionalFigure } from './figures.ts';
import { cancelRaised, holdRequests, isConfirmed, type LimitsImpact, measureImpact } from './retention.ts';
import { Confirm } from './set-limits.ts';

export const DefinePlan = z.object({
  /** The plan to edit; absent for a new one. */
  planId: z.uuid().optional(),
  name: z
    .string()
    .trim()
    .min(1, 'Enter a name.')
    .max(60, 'Enter at most 60 characters.')
    .refine((name) => !/\p{Cc}/u.test(name), 'Remove control characters from the name.'),
  description: z
    .string()
    .trim()
    .max(300, 'Enter at most 300 characters.')
    .refine(
      (text) => !/\p{Cc}/u.test(text.replace(/\s/g, '')),
      'Remove control characters from the description.',
    )
    .default(''),
  dailyQuota: figure(FIGURES.dailyQuota),
  burstRequests: figure(FIGURES.burstRequests),
  burstWindowSeconds: figure(FIGURES.burstWindowSeconds),
  retentionDays: figure(FIGURES.retentionDays),
  membersMax: optionalFigure(FIGURES.membersMax),
  applicationsMax: optionalFigure(FIGURES.applicationsMax),
  confirm: Confirm,
});
type Input = z.output<typeof DefinePlan>;

type Defined =
  | { ok: true; planId: string; receipt: Receipt | null }
  | { ok: false; reason: 'not_found' | 'name_taken' }
  | { ok: false; reason: 'confirm'; impact: LimitsImpact };

/**
 * Creates a plan, or edits one, effective from the next request of its teams. An edit that deletes requests or that a team
 * already exceeds must be confirmed with the plan's name. The receipt is null for a new plan.
 */
export async function definePlan(
  { db, operator, settings }: { db: Db; operator: Operator | 'operator'; settings: Settings },
  { planId, confirm, ...values }: Input,
): Promise<Defined> {
  const defined = await db.transaction(async (tx) => {
    await lockPlans(tx);
    const others = and(
      sql`lower(${plans.name}) = lower(${values.name})`,
      planId ? ne(plans.id, planId) : undefined,
    );
    const [before] = planId
      ? await tx.select(planColumns).from(plans).where(eq(plans.id, planId)).for('update')
      : [null];
    if (before === undefined) return { ok: false, reason: 'not_found' } as const;
    if ((await tx.$count(plans, others)) > 0) return { ok: false, reason: 'name_taken' } as const;

    if (!before || !planId) {
      const [row] = await tx.insert(plans).values(values).returning({ id: plans.id });
      await recordAudit(tx, operator, 'plan.create', { kind: 'plan', id: row!.id }, { after: values });
      return { ok: true, planId: row!.id, epoch: null } as const;
    }
    const impact = await measureImpact(tx, before.name, {
      ...{ teams: sql`l.plan_id = ${planId}`, isPlan: true },
      ...values,
    });
    if (impact && !isConfirmed(impact, confirm)) return { ok: false, reason: 'confirm', impact } as const;
    await holdRequests({ db: tx, settings }, operator, impact, {
      ...{ cause: 'plan_limits', planId },
      ...{ daysBefore: before.retentionDays, daysAfter: values.retentionDays },
    });
    await tx.update(plans).set(values).where(eq(plans.id, planId));
    await cancelRaised(tx);
    await recordAudit(tx, operator, 'plan.edit', { kind: 'plan', id: planId }, { before, after: values });
    return { ok: true, planId, epoch: await raiseEpoch(tx, { kind: 'plan', id: planId }) } as const;
  });
  if (!defined.ok) return defined;
  const receipt = defined.epoch === null ? null : await confirmEpoch(db, defined.epoch);
  return { ok: true, planId: defined.planId, receipt };
}

/** Serializes changes of plans, so that names stay unique and there is one default plan. Reads aren't blocked. */
export async function lockPlans(tx: Queryable): Promise<void> {
  await tx.execute(sql`lock table ${plans} in share row exclusive mode`);
}

/** The columns of a plan that an operator edits. */
export const planColumns = {
  name: plans.name,
  description: plans.description,
  dailyQuota: plans.dailyQuota,
  burstRequests: plans.burstRequests,
  burstWindowSeconds: plans.burstWindowSeconds,
  retentionDays: plans.retentionDays,
  membersMax: plans.membersMax,
  applicationsMax: plans.applicationsMax,
};
