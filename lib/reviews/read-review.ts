import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, ne, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { members, membershipReviews, reviewDecisions, teams } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { idleDays, lastKeyUse } from '#lib/members/activity.ts';
import { evidence } from './review-evidence.ts';

const REVIEW_PAGE = 100;
/** How many finished reviews are listed, latest first. */
export const REVIEWS_LISTED = 50;

/**
 * The state of the team's membership review, a page of members in the order they joined (`after` is the last member of
 * the page before) with evidence and, in an open review, the decisions; and the finished reviews.
 */
export async function readReview(
  { db, member }: { db: Queryable; member: Member },
  { after }: { after?: string | undefined } = {},
) {
  authorize(member, 'review.run');
  const [state, open] = await Promise.all([readState(db, member), readOpen(db, member)]);
  const [page, undecided, history] = await Promise.all([
    readPeople(db, member, open?.id, after),
    open ? countUndecided(db, member.teamId, open.id) : 0,
    readHistory(db, member),
  ]);
  return { state, open: open && { ...open, undecided }, ...page, history };
}

export type Review = Awaited<ReturnType<typeof readReview>>;
export type ReviewedPerson = Review['people'][number];

/** When a team's next review is due: `review_days` after the last one was finished, or after the team was created. */
export const lastFinishedAt = sql<Date | null>`(select max(${membershipReviews.finishedAt})
  from ${membershipReviews} where ${eq(membershipReviews.teamId, teams.id)})`.mapWith(
  membershipReviews.finishedAt,
);
export const reviewDueAt = sql<Date>`(coalesce(${lastFinishedAt}, ${teams.createdAt})
  + make_interval(hours => ${teams.reviewDays} * 24))`.mapWith(teams.createdAt);

async function readState(db: Queryable, member: Member) {
  const [row] = await db
    .select({
      reviewDays: teams.reviewDays,
      lastFinishedAt,
      dueAt: reviewDueAt,
      overdue: sql<boolean>`${reviewDueAt} <= now()`,
    })
    .from(teams)
    .where(eq(teams.id, member.teamId));
  return row!; // A member proves that the team exists.
}

async function readOpen(db: Queryable, member: Member) {
  const [row] = await db
    .select({ id: membershipReviews.id, startedAt: membershipReviews.startedAt, startedBy: users.name })
    .from(membershipReviews)
    .innerJoin(members, eq(members.id, membershipReviews.startedBy))
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(membershipReviews.teamId, member.teamId), isNull(membershipReviews.finishedAt)));
  return row ?? null;
}

async function readPeople(
  db: Queryable,
  member: Member,
  reviewId: string | undefined,
  after: string | undefined,
) {
  const decider = alias(users, 'decider');
  const decidingMember = alias(members, 'deciding_member');
  const used = lastKeyUse(db, member.teamId);
  const rows = await db
    .select({
      memberId: members.id,
      name: users.name,
      email: users.email,
      status: members.status,
      ...evidence,
      inactiveDays: idleDays(used),
      decision: reviewDecisions.decision,
      decidedBy: decider.name,
    })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .leftJoin(used, eq(used.memberId, members.id))
    .leftJoin(
      reviewDecisions,
      and(
        eq(reviewDecisions.memberId, members.id),
        reviewId ? eq(reviewDecisions.reviewId, reviewId) : sql`false`,
      ),
    )
    .leftJoin(decidingMember, eq(decidingMember.id, reviewDecisions.decidedBy))
    .leftJoin(decider, eq(decider.id, decidingMember.userId))
    .where(
      and(
        eq(members.teamId, member.teamId),
        // A removed member stays listed while the review that removed them is open.
        sql`(${ne(members.status, 'removed')} or ${isNotNull(reviewDecisions.decision)})`,
        after ? gt(members.id, after) : undefined,
      ),
    )
    .orderBy(asc(members.id))
    .limit(REVIEW_PAGE + 1);
  const people = rows.slice(0, REVIEW_PAGE);
  return { people, next: rows.length > REVIEW_PAGE ? people.at(-1)!.memberId : null };
}

/** How many members have no decision yet. */
export function countUndecided(db: Queryable, teamId: string, reviewId: string): Promise<number> {
  const decided = db
    .select({ memberId: reviewDecisions.memberId })
    .from(reviewDecisions)
    .where(and(eq(reviewDecisions.teamId, teamId), eq(reviewDecisions.reviewId, reviewId)));
  return db.$count(
    members,
    and(eq(members.teamId, teamId), ne(members.status, 'removed'), sql`${members.id} not in ${decided}`),
  );
}

async function readHistory(db: Queryable, member: Member) {
  const finished = await db
    .select({
      id: membershipReviews.id,
      startedAt: membershipReviews.startedAt,
      finishedAt: sql<Date>`${membershipReviews.finishedAt}`.mapWith(membershipReviews.startedAt),
      startedBy: users.name,
    })
    .from(membershipReviews)
    .innerJoin(members, eq(members.id, membershipReviews.startedBy))
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(membershipReviews.teamId, member.teamId), isNotNull(membershipReviews.finishedAt)))
    .orderBy(desc(membershipReviews.finishedAt))
    .limit(REVIEWS_LISTED);
  if (finished.length === 0) return [];
  const counts = await db
    .select({
      reviewId: reviewDecisions.reviewId,
      decision: reviewDecisions.decision,
      count: sql<number>`count(*)::int`,
    })
    .from(reviewDecisions)
    .where(
      and(
        eq(reviewDecisions.teamId, member.teamId),
        inArray(
          reviewDecisions.reviewId,
          finished.map((review) => review.id),
        ),
      ),
    )
    .groupBy(reviewDecisions.reviewId, reviewDecisions.decision);
  return finished.map((review) => {
    const of = (decision: 'keep' | 'suspend' | 'remove') =>
      counts.find((row) => row.reviewId === review.id && row.decision === decision)?.count ?? 0;
    return { ...review, kept: of('keep'), suspended: of('suspend'), removed: of('remove') };
  });
}
