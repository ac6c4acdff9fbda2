import { LinkButton } from '#app/_components/button.tsx';
import { Card } from '#app/_components/card.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { Pagination } from '#app/_components/pagination.tsx';
import { formatCount } from '#lib/format.ts';
import type { Finding } from '#lib/posture/finding.ts';
import { type FindingKind, ruleOf } from '#lib/posture/rules.ts';
import { FindingRow } from './finding-row.tsx';

const PAGE = 50;

/** All findings of one rule, page by page. */
export function OneRule({
  team,
  rule,
  page,
  findings,
  canDismiss,
}: {
  team: string;
  rule: FindingKind;
  page: number;
  findings: Finding[];
  canDismiss: boolean;
}) {
  const { title, why, passedTitle } = ruleOf(rule);
  const ofRule = findings.filter(({ kind }) => kind === rule);
  const shown = ofRule.slice((page - 1) * PAGE, page * PAGE);
  const at = (number: number) => `/t/${team}/security?rule=${rule}&page=${number}`;
  const back = (
    <LinkButton href={`/t/${team}/security`} size="sm">
      All findings
    </LinkButton>
  );
  if (shown.length === 0)
    return <EmptyState title={passedTitle} description="This rule has no findings." action={back} />;
  return (
    <div>
      <Card
        title={`${title}: ${formatCount(ofRule.length, 'finding')}`}
        description={why}
        actions={back}
        flush
      >
        <ul>
          {shown.map((finding) => (
            <FindingRow key={finding.subjectId} {...{ team, finding, canDismiss }} withSeverity />
          ))}
        </ul>
      </Card>
      <Pagination
        newerHref={page > 1 ? at(page - 1) : undefined}
        olderHref={ofRule.length > page * PAGE ? at(page + 1) : undefined}
        words={{ newer: 'Previous', older: 'Next' }}
      />
    </div>
  );
}
