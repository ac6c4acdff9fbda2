import { ClipboardCheck } from 'lucide-react';
import type { Metadata } from 'next';
import { z } from 'zod';
import { LinkButton } from '#app/_components/button.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { readReview } from '#lib/reviews/read-review.ts';
import { ReviewHistory } from './review-history.tsx';
import { ReviewState } from './review-state.tsx';
import { ReviewTable } from './review-table.tsx';

export const metadata: Metadata = { title: 'Membership review' };

const After = z.uuid().optional().catch(undefined);

type Props = {
  params: Promise<{ team: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function ReviewPage({ params, searchParams }: Props) {
  const member = await requireMember((await params).team);
  const base = `/t/${member.teamSlug}/members`;
  if (!can(member, 'review.run'))
    return (
      <EmptyState
        icon={<ClipboardCheck />}
        title="Only owners and admins can review members"
        description="Ask one of them if you think someone no longer belongs to the team."
        action={<LinkButton href={base}>Back to My Team</LinkButton>}
      />
    );

  const after = After.parse((await searchParams).after);
  const review = await readReview({ db: database(), member }, { after });
  return (
    <div className="flex flex-col gap-6">
      <ReviewState team={member.teamSlug} state={review.state} open={review.open} />
      <div>
        <ReviewTable
          team={member.teamSlug}
          actor={{ memberId: member.memberId, role: member.role }}
          reviewId={review.open?.id ?? null}
          people={review.people}
        />
        {(after || review.next) && (
          <nav aria-label="Pages" className="mt-3 flex justify-end gap-2">
            {after && (
              <LinkButton href={`${base}/review`} size="sm">
                First page
              </LinkButton>
            )}
            {review.next && (
              <LinkButton href={`${base}/review?after=${review.next}`} size="sm">
                Next
              </LinkButton>
            )}
          </nav>
        )}
      </div>
      <ReviewHistory path={`${base}/review`} history={review.history} />
    </div>
  );
}
