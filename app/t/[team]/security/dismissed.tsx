import { DateTime } from '#app/_components/date-time.tsx';
import { FindingSubject, subjectName } from '#app/_security/finding-subject.tsx';
import { formatNumber } from '#lib/format.ts';
import type { Posture } from '#lib/posture/read-posture.ts';
import { ruleOf } from '#lib/posture/rules.ts';
import { RestoreButton } from './restore-button.tsx';

/** Dismissed findings, collapsed. */
export function Dismissed({ team, dismissed }: { team: string; dismissed: Posture['dismissed'] }) {
  return (
    <details className="rounded-lg border border-line bg-surface">
      <summary className="cursor-pointer px-5 py-4 font-semibold">
        Dismissed ({formatNumber(dismissed.length)})
      </summary>
      <ul>
        {dismissed.map(({ finding: { kind, subjectId, subject }, dismissal }) => {
          const { title } = ruleOf(kind);
          return (
            <li
              key={`${kind} ${subjectId}`}
              className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 border-t border-line px-5 py-4"
            >
              <div className="min-w-0 flex-1 basis-80">
                <p className="text-sm text-muted">{title}</p>
                <FindingSubject team={team} subject={subject} />
                {dismissal.note && <p className="mt-1 break-words">“{dismissal.note}”</p>}
                <p className="mt-0.5 text-sm text-muted">
                  By {dismissal.by}, until <DateTime value={dismissal.until} format="date" />
                </p>
              </div>
              <RestoreButton {...{ team, kind, subjectId, title, name: subjectName(subject) }} />
            </li>
          );
        })}
      </ul>
    </details>
  );
}
