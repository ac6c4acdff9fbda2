import { and, eq, isNull, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { membershipReviews } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import type { OneReview } from './input.ts';
import { countUndecided } from './read-review.ts';

type Finished =
  | { ok: true }
  | { ok: false; reason: 'not_open' }
  | { ok: false; reason: 'undecided'; count: number };

/** Finishes a review once every member has a decision. The next one is due `review_days` later. */
export async function finishReview(
  { db, member }: { db: Queryable; member: Member },
  { reviewId }: z.output<typeof OneReview>,
): Promise<Finished> {
  authorize(member, 'review.run');
  const open = and(
    eq(membershipReviews.teamId, member.teamId),
    eq(membershipReviews.id, reviewId),
    isNull(membershipReviews.finishedAt),
  );

  return db.transaction(async (tx) => {
    const [review] = await tx
      .select({ id: membershipReviews.id })
      .from(membershipReviews)
      .where(open)
      .for('update');
    if (!review) return { ok: false, reason: 'not_open' };
    const count = await countUndecided(tx, member.teamId, reviewId);
    if (count > 0) return { ok: false, reason: 'undecided', count };

    await tx.update(membershipReviews).set({ finishedAt: sql`now()` }).where(open);
    await recordAudit(tx, member, 'review.finish', { kind: 'review', id: reviewId });
    return { ok: true };
  });
}
