import Link from 'next/link';
import { Badge } from '#app/_components/badge.tsx';
import { Card } from '#app/_components/card.tsx';
import { SEVERITY_LOOKS } from '#app/_security/severities.ts';
import { formatCount, formatNumber } from '#lib/format.ts';
import type { Finding } from '#lib/posture/finding.ts';
import { FINDING_KINDS, ruleOf, SEVERITIES } from '#lib/posture/rules.ts';
import { FindingRow } from './finding-row.tsx';

/** Findings shown per rule and severity. The rest are on the page of the rule. */
const SHOWN = 5;

/** Findings by severity, most severe first, and by rule. */
export function FindingGroups({
  team,
  findings,
  canDismiss,
}: {
  team: string;
  findings: Finding[];
  canDismiss: boolean;
}) {
  const anchored = new Set<string>();
  return SEVERITIES.map((severity) => {
    const ofSeverity = findings.filter((finding) => finding.severity === severity);
    if (ofSeverity.length === 0) return null;
    const { word, tone } = SEVERITY_LOOKS[severity];
    return (
      <section key={severity} aria-labelledby={`severity-${severity}`} className="flex flex-col gap-3">
        <h2 id={`severity-${severity}`} className="flex items-center gap-2">
          <Badge tone={tone}>{word}</Badge>
          <span className="text-sm text-muted">{formatCount(ofSeverity.length, 'finding')}</span>
        </h2>
        {FINDING_KINDS.map((kind) => {
          const ofRule = ofSeverity.filter((finding) => finding.kind === kind);
          if (ofRule.length === 0) return null;
          const id = anchored.has(kind) ? undefined : kind;
          anchored.add(kind);
          const { title, why } = ruleOf(kind);
          return (
            <div key={kind} id={id} className="scroll-mt-20">
              <Card title={title} description={why} flush>
                <ul>
                  {ofRule.slice(0, SHOWN).map((finding) => (
                    <FindingRow key={finding.subjectId} {...{ team, finding, canDismiss }} />
                  ))}
                </ul>
                {ofRule.length > SHOWN && (
                  <Link
                    href={`/t/${team}/security?rule=${kind}`}
                    className="block border-t border-line px-5 py-3 text-accent hover:underline"
                  >
                    Show all {formatNumber(findings.filter((finding) => finding.kind === kind).length)}{' '}
                    <span className="sr-only">of “{title}”</span>
                  </Link>
                )}
              </Card>
            </div>
          );
        })}
      </section>
    );
  });
}
