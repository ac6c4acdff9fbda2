import { LinkButton } from '#app/_components/button.tsx';
import { Card } from '#app/_components/card.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { Pagination } from '#app/_components/pagination.tsx';
import type { Finding } from '#lib/posture/finding.ts';
import { type FindingKind, ruleOf } from '#lib/posture/rules.ts';
import { FindingRow } from './finding-row.tsx';

const PAGE = 50;

/** All that one rule finds, a page at a time. */
export function OneRule({
  team,
  rule,
  page,
  findings,
  mayDismiss,
}: {
  team: string;
  rule: FindingKind;
  page: number;
  findings: Finding[];
  mayDismiss: boolean;
}) {
  const { title, why, holds } = ruleOf(rule);
  const alike = findings.filter(({ kind }) => kind === rule);
  const shown = alike.slice((page - 1) * PAGE, page * PAGE);
  const at = (number: number) => `/t/${team}/security?rule=${rule}&page=${number}`;
  const back = (
    <LinkButton href={`/t/${team}/security`} size="sm">
      All findings
    </LinkButton>
  );
  if (shown.length === 0)
    return <EmptyState title={holds} description="This rule finds nothing here." action={back} />;
  return (
    <div>
      <Card
        title={`${title}: ${alike.length.toLocaleString('en')} found`}
        description={why}
        actions={back}
        flush
      >
        <ul>
          {shown.map((finding) => (
            <FindingRow key={finding.subjectId} {...{ team, finding, mayDismiss }} withSeverity />
          ))}
        </ul>
      </Card>
      <Pagination
        newerHref={page > 1 ? at(page - 1) : undefined}
        olderHref={alike.length > page * PAGE ? at(page + 1) : undefined}
        words={{ newer: 'Previous', older: 'Next' }}
      />
    </div>
  );
}
