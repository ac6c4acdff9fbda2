import Link from 'next/link';
import { Badge } from '#app/_components/badge.tsx';
import { Card } from '#app/_components/card.tsx';
import { SEVERITY_LOOKS } from '#app/_security/severities.ts';
import type { Finding } from '#lib/posture/finding.ts';
import { FINDING_KINDS, ruleOf, SEVERITIES } from '#lib/posture/rules.ts';
import { FindingRow } from './finding-row.tsx';

/** So many of one rule and severity; the rest stand on a page of their own. */
const SHOWN = 5;

/** Findings by severity, the gravest first, and by rule. */
export function FindingGroups({
  team,
  findings,
  mayDismiss,
}: {
  team: string;
  findings: Finding[];
  mayDismiss: boolean;
}) {
  const anchored = new Set<string>();
  return SEVERITIES.map((severity) => {
    const grave = findings.filter((finding) => finding.severity === severity);
    if (grave.length === 0) return null;
    const { word, tone } = SEVERITY_LOOKS[severity];
    return (
      <section key={severity} aria-labelledby={`severity-${severity}`} className="flex flex-col gap-3">
        <h2 id={`severity-${severity}`} className="flex items-center gap-2">
          <Badge tone={tone}>{word}</Badge>
          <span className="text-sm text-muted">
            {grave.length.toLocaleString('en')} {grave.length === 1 ? 'finding' : 'findings'}
          </span>
        </h2>
        {FINDING_KINDS.map((kind) => {
          const alike = grave.filter((finding) => finding.kind === kind);
          if (alike.length === 0) return null;
          const id = anchored.has(kind) ? undefined : kind;
          anchored.add(kind);
          const { title, why } = ruleOf(kind);
          return (
            <div key={kind} id={id} className="scroll-mt-20">
              <Card title={title} description={why} flush>
                <ul>
                  {alike.slice(0, SHOWN).map((finding) => (
                    <FindingRow key={finding.subjectId} {...{ team, finding, mayDismiss }} />
                  ))}
                </ul>
                {alike.length > SHOWN && (
                  <Link
                    href={`/t/${team}/security?rule=${kind}`}
                    className="block border-t border-line px-5 py-3 text-accent hover:underline"
                  >
                    Show all {findings.filter((finding) => finding.kind === kind).length.toLocaleString('en')}{' '}
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
