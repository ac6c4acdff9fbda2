import { DateTime } from '#app/_components/date-time.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { actionLabel, type Change, changesOf } from '#lib/audit/event-labels.ts';
import type { AuditEvent } from '#lib/audit/list-events.ts';

const KINDS: Readonly<Record<string, string>> = {
  team: 'Team',
  member: 'Member',
  invitation: 'Invitation',
  review: 'Membership review',
  application: 'App',
  credential: 'API key',
  incident: 'Incident',
  log: 'Request log',
  user: 'Person',
};

export function EventsTable({ events }: { events: readonly AuditEvent[] }) {
  return (
    <Table label="Audit log">
      <THead>
        <Tr>
          <Th>When</Th>
          <Th>Who</Th>
          <Th>What</Th>
          <Th>On what</Th>
          <Th>Change</Th>
          <Th>From</Th>
        </Tr>
      </THead>
      <TBody>
        {events.map((event) => (
          <Tr key={event.id} className="[&>td]:align-top!">
            <Td label="When" className="whitespace-nowrap">
              <DateTime value={event.at} format="seconds" />
            </Td>
            <Td label="Who" className="min-w-44 max-w-56 break-words">
              <Who actor={event.actor} />
            </Td>
            <Td label="What" className="min-w-32" title={event.action}>
              {actionLabel(event.action)}
            </Td>
            <Td label="On what" className="max-w-56 break-words">
              <OnWhat event={event} />
            </Td>
            <Td label="Change" className="max-w-80 break-words">
              <Changes changes={changesOf(event.before, event.after)} />
            </Td>
            <Td label="From" mono>
              {event.ip ?? '—'}
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

/** `Ada Admin <ada@example.com>` on two lines, "system" on one. */
function Who({ actor }: { actor: string }) {
  const [, name, email] = /^(.*) <([^<>]+)>$/s.exec(actor) ?? [];
  if (!email) return <span className="capitalize">{actor}</span>;
  return (
    <div className="min-w-0">
      <div>{name}</div>
      <div className="text-sm break-all text-muted">{email}</div>
    </div>
  );
}

function OnWhat({ event: { subjectKind, subjectId, subjectName } }: { event: AuditEvent }) {
  const kind = KINDS[subjectKind] ?? subjectKind;
  // A UUID means nothing to readers. These IDs are shown on their pages too.
  const readableId = ['application', 'credential', 'incident'].includes(subjectKind);
  return (
    <div className="min-w-0">
      <div>{subjectName ?? kind}</div>
      <div className="text-sm text-muted">
        {subjectName && kind}
        {readableId && <span className="font-mono text-xs break-all"> {subjectId}</span>}
      </div>
    </div>
  );
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A list of IDs as their number. */
function readable(text: string | null): string | null {
  const parts = text?.split(', ') ?? [];
  return parts.length > 1 && parts.every((part) => UUID.test(part)) ? String(parts.length) : text;
}

function Changes({ changes: all }: { changes: readonly Change[] }) {
  // Row IDs are only useful in the export.
  const changes = all.filter((change) => !UUID.test(change.after ?? ''));
  if (changes.length === 0) return <span className="text-faint">—</span>;
  return (
    <ul className="flex min-w-0 flex-col gap-0.5 text-sm">
      {changes.map(({ field, before, after }) => (
        <li key={field} className="line-clamp-3 min-w-0 break-words">
          <span className="text-muted">{field}: </span>
          {before !== null && (
            <>
              <span className="text-muted line-through decoration-line-strong">{readable(before)}</span>
              <span aria-hidden="true"> → </span>
              <span className="sr-only"> changed to </span>
            </>
          )}
          {readable(after) ?? '—'}
        </li>
      ))}
    </ul>
  );
}
