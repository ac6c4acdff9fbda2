import { Badge } from '#app/_components/badge.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { Evidence } from '#app/_security/evidence.tsx';
import { FindingSubject, subjectName } from '#app/_security/finding-subject.tsx';
import { SEVERITY_LOOKS } from '#app/_security/severities.ts';
import type { Finding } from '#lib/posture/finding.ts';
import { ruleOf } from '#lib/posture/rules.ts';
import { DismissButton } from './dismiss-button.tsx';
import { Fixes } from './fixes.tsx';

export function FindingRow({
  team,
  finding,
  canDismiss,
  withSeverity = false,
}: {
  team: string;
  finding: Finding;
  canDismiss: boolean;
  withSeverity?: boolean;
}) {
  const { kind, subjectId, subject, severity } = finding;
  const { title, mustFix } = ruleOf(kind);
  const name = subjectName(subject);
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 border-t border-line px-5 py-4">
      <div className="min-w-0 flex-1 basis-80">
        {withSeverity && (
          <div className="mb-1">
            <Badge tone={SEVERITY_LOOKS[severity].tone}>{SEVERITY_LOOKS[severity].word}</Badge>
          </div>
        )}
        <FindingSubject team={team} subject={subject} />
        <p className="mt-1 break-words">
          <Evidence of={finding.evidence} />
        </p>
        <p className="mt-0.5 text-sm text-muted">
          Since <DateTime value={finding.since} format="date" />
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Fixes team={team} fixes={finding.fixes} subject={subject} />
        {canDismiss && !mustFix && <DismissButton {...{ team, kind, subjectId, title, name }} />}
      </div>
    </li>
  );
}
