import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { TextLink } from '#app/_components/text-link.tsx';
import { actionLabel, changesOf, changeText } from '#lib/audit/event-labels.ts';
import type { MemberActivity } from '#lib/members/read-member-activity.ts';

type Change = MemberActivity['changes'][number];

type Props = { changes: readonly Change[]; auditHref: string | undefined };

export function Changes({ changes, auditHref }: Props) {
  return (
    <Card
      title="Changes in the team"
      flush={changes.length > 0}
      actions={changes.length > 0 && auditHref && <TextLink href={auditHref}>View audit log</TextLink>}
    >
      {changes.length === 0 ? (
        <p className="text-muted">No changes yet.</p>
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

/** The event's changes, or the ID of its subject if it has none. */
function detailsOf({ before, after, subjectId }: Change): string {
  const texts = changesOf(plain(before), plain(after)).map(changeText);
  return texts.length > 0 ? texts.join(' · ') : subjectId;
}

/** The column holds any JSON. Only an object has fields to list. */
const plain = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
