import { and, asc, eq } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { members, membershipReviews, reviewDecisions } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { csvRecord } from '#lib/audit/csv.ts';
import type { OneReview } from './input.ts';

const HEAD = [
  'Name',
  'Email',
  'Role',
  'Last sign-in (UTC)',
  'Last key use (UTC)',
  'Decision',
  'Decided by',
  'Decided at (UTC)',
];

/** A review's decisions and their evidence as CSV. Null if the review isn't the team's. */
export async function exportReview(
  { db, member }: { db: Queryable; member: Member },
  { reviewId }: z.output<typeof OneReview>,
): Promise<{ startedAt: Date; csv: string } | null> {
  authorize(member, 'review.run');
  const [review] = await db
    .select({ startedAt: membershipReviews.startedAt })
    .from(membershipReviews)
    .where(and(eq(membershipReviews.teamId, member.teamId), eq(membershipReviews.id, reviewId)));
  if (!review) return null;

  const decidingMember = alias(members, 'deciding_member');
  const decider = alias(users, 'decider');
  const rows = await db
    .select({
      name: users.name,
      email: users.email,
      role: reviewDecisions.role,
      lastSignInAt: reviewDecisions.lastSignInAt,
      lastKeyUseAt: reviewDecisions.lastKeyUseAt,
      decision: reviewDecisions.decision,
      decidedBy: decider.name,
      decidedAt: reviewDecisions.decidedAt,
    })
    .from(reviewDecisions)
    .innerJoin(members, eq(members.id, reviewDecisions.memberId))
    .innerJoin(users, eq(users.id, members.userId))
    .innerJoin(decidingMember, eq(decidingMember.id, reviewDecisions.decidedBy))
    .innerJoin(decider, eq(decider.id, decidingMember.userId))
    .where(and(eq(reviewDecisions.teamId, member.teamId), eq(reviewDecisions.reviewId, reviewId)))
    .orderBy(asc(members.id));
  // The selected columns are in the order of HEAD.
  return { ...review, csv: [HEAD, ...rows.map((row) => Object.values(row))].map(csvRecord).join('') };
}
