import type { Queryable } from '#db/client.ts';
import { membershipReviews } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';

/** Starts a membership review. A team has one open review at a time; a unique index enforces it. */
export async function startReview({
  db,
  member,
}: {
  db: Queryable;
  member: Member;
}): Promise<{ ok: true; reviewId: string } | { ok: false; reason: 'already_open' }> {
  authorize(member, 'review.run');

  return db.transaction(async (tx) => {
    const [row] = await tx
      .insert(membershipReviews)
      .values({ teamId: member.teamId, startedBy: member.memberId })
      .onConflictDoNothing()
      .returning({ id: membershipReviews.id });
    if (!row) return { ok: false, reason: 'already_open' };
    await recordAudit(tx, member, 'review.start', { kind: 'review', id: row.id });
    return { ok: true, reviewId: row.id };
  });
}
