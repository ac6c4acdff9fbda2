import { and, desc, eq, ne, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { teams } from '#db/schema/teams.ts';
import { usageReconciliations } from '#db/schema/usage.ts';
import type { Operator } from '#lib/access/operator.ts';

const DIFFERENCES_MAX = 50;

/**
 * Results of the reconciliation for all teams: when it last ran, how many team days it has compared, and the ones that
 * differ, latest day and largest difference first.
 */
export async function readDifferences({ db }: { db: Queryable; operator: Operator }) {
  const { checkedAt, difference, day } = usageReconciliations;
  const [sums] = await db
    .select({
      lastCheck: sql`max(${checkedAt})`.mapWith(checkedAt),
      compared: sql<number>`count(*)::int`,
      differing: sql<number>`(count(*) filter (where ${difference} <> 0))::int`,
    })
    .from(usageReconciliations);
  const found = await db
    .select({
      teamName: teams.name,
      teamSlug: teams.slug,
      day,
      difference,
      details: usageReconciliations.details,
      differsSince: usageReconciliations.differsSince,
      checkedAt,
    })
    .from(usageReconciliations)
    .innerJoin(teams, and(eq(teams.id, usageReconciliations.teamId), ne(difference, 0)))
    .orderBy(desc(day), desc(difference), teams.slug)
    .limit(DIFFERENCES_MAX);
  return { lastCheck: sums!.lastCheck, compared: sums!.compared, differing: sums!.differing, found };
}

export type Differences = Awaited<ReturnType<typeof readDifferences>>;
