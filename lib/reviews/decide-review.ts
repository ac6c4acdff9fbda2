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
import { OneMember } from '#lib/members/input.ts';
import { RemoveMember, removeMember } from '#lib/members/remove-member.ts';
import { suspendMember } from '#lib/members/suspend-member.ts';
import { OneReview } from './input.ts';
import { evidence } from './review-evidence.ts';

export const DecideReview = z.object({
  ...OneReview.shape,
  ...OneMember.shape,
  decision: z.enum(reviewDecision.enumValues, { error: 'Choose what to do.' }),
  applicationKeys: RemoveMember.shape.applicationKeys,
});

type Decided =
  | { ok: true; receipt: Receipt | null }
  | { ok: false; reason: 'not_open' | 'not_found' | 'self' };

/**
 * Decides about one member in an open review and carries it out: keep, suspend or remove. The evidence at that time is
 * stored with the decision. Another decision replaces it while the review is open. The same one changes nothing.
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

  // Carried out first, in its own transaction, so that a stored decision is never one that failed.
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
    const same = and(
      eq(reviewDecisions.teamId, member.teamId),
      eq(reviewDecisions.reviewId, reviewId),
      eq(reviewDecisions.memberId, memberId),
      eq(reviewDecisions.decision, decision),
    );
    if (!done.receipt && (await tx.$count(reviewDecisions, same)) > 0) return true;
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
  // Already suspended: nothing left to carry out.
  return suspended.reason === 'already_suspended'
    ? { ok: true, receipt: null }
    : { ok: false, reason: suspended.reason };
}
