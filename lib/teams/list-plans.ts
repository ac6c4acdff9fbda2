import { desc, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { plans } from '#db/schema/plans.ts';
import type { Operator } from '#lib/access/operator.ts';
import { planColumns } from './define-plan.ts';
import type { PlanFigures } from './figures.ts';

export type Plan = PlanFigures & {
  id: string;
  name: string;
  description: string;
  isDefault: boolean;
  /** Teams on the plan. The default plan also counts teams without a plan of their own. */
  teams: number;
};

/** All plans, the default plan first, then by name. */
export async function listPlans({ db }: { db: Queryable; operator: Operator | 'operator' }): Promise<Plan[]> {
  return db
    .select({
      id: plans.id,
      ...planColumns,
      isDefault: plans.isDefault,
      // Qualified names: in a query of one table, Drizzle leaves the table's name out.
      teams: sql<number>`(select count(*) from teams t where t.deleted_at is null
        and (t.plan_id = plans.id or (t.plan_id is null and plans.is_default)))::int`,
    })
    .from(plans)
    .orderBy(desc(plans.isDefault), sql`lower(${plans.name})`);
}
