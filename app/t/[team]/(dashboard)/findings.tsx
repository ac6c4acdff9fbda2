import { CircleCheck } from 'lucide-react';
import Link from 'next/link';
import { Badge } from '#app/_components/badge.tsx';
import { LinkButton } from '#app/_components/button.tsx';
import { Card } from '#app/_components/card.tsx';
import { Evidence } from '#app/_security/evidence.tsx';
import { subjectName } from '#app/_security/finding-subject.tsx';
import { SEVERITY_LOOKS } from '#app/_security/severities.ts';
import { database } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { formatCount, formatNumber } from '#lib/format.ts';
import { readPosture } from '#lib/posture/read-posture.ts';
import { ruleOf } from '#lib/posture/rules.ts';

const TOP = 3;

/** The most severe findings, with a link to all of them. */
export async function Findings({ member }: { member: Member }) {
  const { findings, score } = await readPosture({ db: database(), member });
  // Members without findings don't need this card.
  if (score === null && findings.length === 0) return null;
  const all = `/t/${member.teamSlug}/security`;
  return (
    <Card
      title="Security"
      description={
        score === null
          ? 'Findings for your API key'
          : `Posture score ${score} of 100, ${formatCount(findings.length, 'finding')}`
      }
      actions={
        <LinkButton href={all} size="sm">
          {findings.length > TOP ? `View all ${formatNumber(findings.length)}` : 'Open Security'}
        </LinkButton>
      }
    >
      {findings.length === 0 ? (
        <p className="flex items-center gap-2">
          <CircleCheck aria-hidden="true" className="size-4 shrink-0 text-success" />
          No findings
        </p>
      ) : (
        <ul className="flex flex-col gap-3">
          {findings.slice(0, TOP).map(({ kind, subjectId, severity, subject, evidence }) => (
            <li key={`${kind} ${subjectId}`} className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
              <span className="w-18">
                <Badge tone={SEVERITY_LOOKS[severity].tone}>{SEVERITY_LOOKS[severity].word}</Badge>
              </span>
              <div className="min-w-0 flex-1 basis-64 break-words">
                <Link href={`${all}#${kind}`} className="font-medium underline-offset-4 hover:underline">
                  {ruleOf(kind).title}
                </Link>
                {subject.type !== 'team' && `: ${subjectName(subject)}`}
                <span className="block text-sm text-muted">
                  <Evidence of={evidence} />
                </span>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
