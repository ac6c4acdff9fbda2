import { and, eq, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db, Queryable } from '#db/client.ts';
import { plans } from '#db/schema/plans.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Operator } from '#lib/access/operator.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { FIGURES, figure, optionalFigure } from './figures.ts';

export const DefinePlan = z.object({
  /** The plan to change; absent for a new one. */
  planId: z.uuid().optional(),
  name: z
    .string()
    .trim()
    .min(1, 'Give the plan a name.')
    .max(60, 'A plan name has at most 60 characters.')
    .refine((name) => !/\p{Cc}/u.test(name), 'A plan name has no control characters.'),
  description: z
    .string()
    .trim()
    .max(300, 'A description has at most 300 characters.')
    .refine((text) => !/\p{Cc}/u.test(text.replace(/\s/g, '')), 'A description has no control characters.')
    .default(''),
  dailyQuota: figure(FIGURES.dailyQuota),
  burstRequests: figure(FIGURES.burstRequests),
  burstWindowSeconds: figure(FIGURES.burstWindowSeconds),
  retentionDays: figure(FIGURES.retentionDays),
  membersMax: optionalFigure(FIGURES.membersMax),
  applicationsMax: optionalFigure(FIGURES.applicationsMax),
});
type Input = z.output<typeof DefinePlan>;

type Defined =
  | { ok: true; planId: string; receipt: Receipt | null }
  | { ok: false; reason: 'not_found' | 'name_taken' };

/** Makes a plan, or changes one with effect on the next call of every team on it. The receipt is null for a new plan. */
export async function definePlan(
  { db, operator }: { db: Db; operator: Operator | 'operator' },
  { planId, ...values }: Input,
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
    await tx.update(plans).set(values).where(eq(plans.id, planId));
    await recordAudit(tx, operator, 'plan.edit', { kind: 'plan', id: planId }, { before, after: values });
    return { ok: true, planId, epoch: await raiseEpoch(tx, { kind: 'plan', id: planId }) } as const;
  });
  if (!defined.ok) return defined;
  const receipt = defined.epoch === null ? null : await confirmEpoch(db, defined.epoch);
  return { ok: true, planId: defined.planId, receipt };
}

/** Lets changes of plans happen one after another, so that names stay unique and one plan the default. Reads go on. */
export async function lockPlans(tx: Queryable): Promise<void> {
  await tx.execute(sql`lock table ${plans} in share row exclusive mode`);
}

/** What an operator says of a plan. */
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
