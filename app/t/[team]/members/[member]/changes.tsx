import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { actionLabel, changesOf, changeText } from '#lib/audit/event-labels.ts';
import type { MemberActivity } from '#lib/members/read-member-activity.ts';

type Change = MemberActivity['changes'][number];

export function Changes({ changes }: { changes: readonly Change[] }) {
  return (
    <Card title="Changes in the team" flush={changes.length > 0}>
      {changes.length === 0 ? (
        <p className="text-muted">Nothing changed yet.</p>
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {changes.map((change) => (
            <li
              key={change.id}
              className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5 px-5 py-2.5"
            >
              <span className="min-w-0 flex-1 basis-64">
                <span className="block first-letter:uppercase">{actionLabel(change.action)}</span>
                <span className="block text-sm break-words text-muted">{detailsOf(change)}</span>
              </span>
              <span className="text-sm text-muted">
                <DateTime value={change.at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** What the line says besides the act; of one that says nothing, the id of its subject. */
function detailsOf({ before, after, subjectId }: Change): string {
  const texts = changesOf(plain(before), plain(after)).map(changeText);
  return texts.length > 0 ? texts.join(' · ') : subjectId;
}

/** The column is any JSON; only an object has fields to tell of. */
const plain = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
