import { notFound } from 'next/navigation';
import { csvResponse } from '#app/_http/csv-response.ts';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { exportReview } from '#lib/reviews/export-review.ts';
import { OneReview } from '#lib/reviews/input.ts';

/** One review's decisions as CSV. */
export async function GET(request: Request, { params }: { params: Promise<{ team: string }> }) {
  const member = await requireMember((await params).team);
  if (!can(member, 'review.run')) return new Response('Your role doesn’t allow this.', { status: 403 });
  const wanted = OneReview.safeParse({ reviewId: new URL(request.url).searchParams.get('review') });
  const review = wanted.success && (await exportReview({ db: database(), member }, wanted.data));
  if (!review) notFound();
  const day = review.startedAt.toISOString().slice(0, 10);
  return csvResponse(`${member.teamSlug}-membership-review-${day}.csv`, review.csv);
}
