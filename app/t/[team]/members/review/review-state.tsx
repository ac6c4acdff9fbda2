import { Badge } from '#app/_components/badge.tsx';
import { buttonStyle } from '#app/_components/button-style.ts';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { DefinitionList } from '#app/_components/definition-list.tsx';
import type { Review } from '#lib/reviews/read-review.ts';
import { FinishReview, StartReview } from './review-buttons.tsx';

/** When members were last reviewed, when the next review is due, and what to do now. */
export function ReviewState({
  team,
  state,
  open,
}: {
  team: string;
  state: Review['state'];
  open: Review['open'];
}) {
  return (
    <Card
      title="Membership review"
      description="For each member, choose whether to keep, suspend or remove them."
      actions={
        open ? (
          <>
            <a
              href={`/t/${team}/members/review/export?review=${open.id}`}
              download
              className={buttonStyle('secondary', 'md')}
            >
              Export CSV
            </a>
            <FinishReview team={team} reviewId={open.id} undecided={open.undecided} />
          </>
        ) : (
          <StartReview team={team} />
        )
      }
    >
      <DefinitionList
        items={[
          {
            term: 'State',
            value: open ? (
              <Badge tone="info">In progress</Badge>
            ) : state.overdue ? (
              <Badge tone="warning">Overdue</Badge>
            ) : (
              <Badge tone="success">Up to date</Badge>
            ),
          },
          ...(open
            ? [
                {
                  term: 'Started',
                  value: (
                    <>
                      <DateTime value={open.startedAt} /> by {open.startedBy};{' '}
                      {open.undecided === 0
                        ? 'every member has a decision'
                        : `${open.undecided} without a decision`}
                    </>
                  ),
                },
              ]
            : []),
          {
            term: 'Last finished',
            value: state.lastFinishedAt ? <DateTime value={state.lastFinishedAt} /> : 'Never',
          },
          {
            term: state.overdue ? 'Was due' : 'Due',
            value: (
              <>
                <DateTime value={state.dueAt} format="date" />, every {state.reviewDays} days
              </>
            ),
          },
        ]}
      />
    </Card>
  );
}
