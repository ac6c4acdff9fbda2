import { Callout } from '#app/_components/callout.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { formatCount } from '#lib/format.ts';
import type { RetentionChange } from '#lib/teams/list-retention-changes.ts';
import { UndoRetention } from './undo-retention.tsx';

/** Changes that will delete requests and can still be undone. */
export function RetentionChanges({ changes }: { changes: readonly RetentionChange[] }) {
  if (changes.length === 0) return null;
  return (
    <div className="mb-6 flex flex-col gap-3">
      {changes.map((change) => (
        <Callout
          key={change.id}
          tone="warning"
          title={`Log retention for ${change.subject} goes from ${formatCount(change.daysBefore, 'day')} to ${formatCount(change.daysAfter, 'day')}`}
        >
          <div className="flex flex-wrap items-center justify-between gap-3">
            <p>
              {formatCount(change.requests, 'request')}
              {change.teams > 1 && ` in ${formatCount(change.teams, 'team')}`} will be deleted after{' '}
              <DateTime value={change.dueAt} />. {undoText(change)}
            </p>
            <UndoRetention changeId={change.id} subject={change.subject} />
          </div>
        </Callout>
      ))}
    </div>
  );
}

function undoText({ undo, planBefore, subject, daysBefore }: RetentionChange): string {
  if (undo === 'plan') return `Undo puts ${subject} back on ${planBefore ?? 'the default plan'}.`;
  if (undo === 'default_plan') return `Undo makes ${planBefore ?? 'the former plan'} the default plan again.`;
  return `Undo restores ${formatCount(daysBefore, 'day')}.`;
}
