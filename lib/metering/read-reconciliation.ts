import { desc, eq } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { usageReconciliations } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';

/** The latest comparison of the team's quota counter, sums and request log; null before the first one. */
export async function readReconciliation({ db, member }: { db: Queryable; member: Member }) {
  authorize(member, 'usage.view');
  const [row] = await db
    .select({
      day: usageReconciliations.day,
      checkedAt: usageReconciliations.checkedAt,
      difference: usageReconciliations.difference,
      differsSince: usageReconciliations.differsSince,
      details: usageReconciliations.details,
    })
    .from(usageReconciliations)
    .where(eq(usageReconciliations.teamId, member.teamId))
    .orderBy(desc(usageReconciliations.day))
    .limit(1);
  return row ?? null;
}

export type Reconciliation = NonNullable<Awaited<ReturnType<typeof readReconciliation>>>;
