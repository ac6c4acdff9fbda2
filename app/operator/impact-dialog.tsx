'use client';

import type { ActionState } from '#app/_actions/action-state.ts';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { formatCount } from '#lib/format.ts';
import { exceededText } from '#lib/teams/impact-text.ts';
import type { LimitsImpact } from '#lib/teams/retention.ts';

/** How many teams are listed by name. */
const LISTED = 10;

/** Shows the impact of changed limits before the change is made. Deleting requests is confirmed with the name. */
export function ImpactDialog({
  impact,
  onClose,
  onConfirm,
}: {
  impact: LimitsImpact;
  onClose: () => void;
  onConfirm: () => Promise<ActionState<unknown>>;
}) {
  const { subject, losses, exceeded, requests, approximate, daysAfter, dueAt } = impact;
  const deletes = losses.length > 0;
  return (
    <DangerDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={
        deletes
          ? `Delete requests older than ${formatCount(daysAfter, 'day')}?`
          : `Save limits of ${subject}?`
      }
      description={
        deletes ? (
          <>
            {approximate && 'About '}
            {formatCount(requests, 'request')} will be deleted after <DateTime value={dueAt} />. You can undo
            this until then. We’ll email the owners.
          </>
        ) : (
          'Some teams already exceed the new limits.'
        )
      }
      confirmLabel={deletes ? 'Lower log retention' : 'Save limits'}
      {...(deletes ? { typeToConfirm: subject } : { tone: 'primary' as const })}
      onConfirm={onConfirm}
    >
      {deletes && (
        <ul aria-label="Requests that will be deleted" className="flex flex-col gap-1 text-sm">
          {losses.slice(0, LISTED).map(({ teamId, name, daysBefore, requests: lost }) => (
            <li key={teamId} className="flex justify-between gap-4">
              <span className="min-w-0 break-words">
                {name} <span className="text-muted">({formatCount(daysBefore, 'day')} now)</span>
              </span>
              <span className="shrink-0 tabular-nums">{formatCount(lost, 'request')}</span>
            </li>
          ))}
          {losses.length > LISTED && (
            <li className="text-muted">and {formatCount(losses.length - LISTED, 'more team')}</li>
          )}
        </ul>
      )}
      {exceeded.length > 0 && (
        <ul aria-label="Exceeded limits" className="flex list-disc flex-col gap-1 pl-5 text-sm">
          {exceeded.slice(0, LISTED).map((limit) => (
            <li key={`${limit.name} ${limit.what}`}>{exceededText(limit)}</li>
          ))}
        </ul>
      )}
    </DangerDialog>
  );
}
