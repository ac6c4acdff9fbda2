import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { members, membershipReviews, reviewDecision, reviewDecisions } from '#db/schema/teams.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { removeMember } from '#lib/members/remove-member.ts';
import { suspendMember } from '#lib/members/suspend-member.ts';
import { evidence } from './review-evidence.ts';

export const DecideReview = z.object({
  reviewId: z.uuid(),
  memberId: z.uuid(),
  decision: z.enum(reviewDecision.enumValues, { error: 'Choose what to do.' }),
  /** What becomes of the application keys that a removed member made. */
  applicationKeys: z.enum(['keep', 'revoke'], { error: 'Choose what becomes of the keys.' }).default('keep'),
});

type Decided =
  | { ok: true; receipt: Receipt | null }
  | { ok: false; reason: 'not_open' | 'not_found' | 'self' };

/**
 * Decides about one member in an open review, and does it: keep, suspend or remove. What was known of him at that
 * moment is stored with the decision. Deciding again replaces it while the review is open.
 */
export async function decideReview(
  { db, member, settings }: { db: Queryable; member: Member; settings: Settings },
  { reviewId, memberId, decision, applicationKeys }: z.output<typeof DecideReview>,
): Promise<Decided> {
  authorize(member, 'review.run');
  const open = and(
    eq(membershipReviews.teamId, member.teamId),
    eq(membershipReviews.id, reviewId),
    isNull(membershipReviews.finishedAt),
  );
  if ((await db.$count(membershipReviews, open)) === 0) return { ok: false, reason: 'not_open' };
  const [known] = await db
    .select({ name: users.name, ...evidence })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.teamId, member.teamId), eq(members.id, memberId), ne(members.status, 'removed')));
  if (!known) return { ok: false, reason: 'not_found' };

  // First the act, in its own transaction: a decision that stands was carried out. It waits for every gateway.
  const done = await carryOut({ db, member, settings }, { memberId, decision, applicationKeys });
  if (!done.ok) return done;

  const { name, ...then } = known;
  const stored = await db.transaction(async (tx) => {
    const [review] = await tx
      .select({ id: membershipReviews.id })
      .from(membershipReviews)
      .where(open)
      .for('share');
    if (!review) return false;
    const made = { decision, decidedBy: member.memberId, decidedAt: sql`now()`, ...then };
    await tx
      .insert(reviewDecisions)
      .values({ teamId: member.teamId, reviewId, memberId, ...made })
      .onConflictDoUpdate({ target: [reviewDecisions.reviewId, reviewDecisions.memberId], set: made });
    await recordAudit(
      tx,
      member,
      'review.decide',
      { kind: 'member', id: memberId },
      { after: { name, decision } },
    );
    return true;
  });
  return stored ? done : { ok: false, reason: 'not_open' };
}

async function carryOut(
  context: { db: Queryable; member: Member; settings: Settings },
  { memberId, decision, applicationKeys }: Omit<z.output<typeof DecideReview>, 'reviewId'>,
): Promise<Decided> {
  if (decision === 'keep') return { ok: true, receipt: null };
  if (decision === 'remove') return removeMember(context, { memberId, applicationKeys });
  const suspended = await suspendMember(context, { memberId });
  if (suspended.ok) return suspended;
  // Who is suspended already has what was decided.
  return suspended.reason === 'already_suspended'
    ? { ok: true, receipt: null }
    : { ok: false, reason: suspended.reason };
}
