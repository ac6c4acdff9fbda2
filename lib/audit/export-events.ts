import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { csvRecord } from './csv.ts';
import { actionLabel, changesOf, changeText } from './event-labels.ts';
import { type AuditEvent, type EventFilter, selectEvents } from './list-events.ts';

const HEAD = ['When (UTC)', 'Who', 'What', 'Action', 'On what', 'Name', 'ID', 'Change', 'From (IP)'];

/**
 * The team's audit log as CSV, newest first, `batch` records at a time: only one batch is in memory. Events recorded
 * meanwhile are not included. Throws `Forbidden` immediately, not at the first batch.
 */
export function exportEvents(
  { db, member }: { db: Queryable; member: Member },
  filter: EventFilter,
  batch = 1_000,
): AsyncGenerator<string, void> {
  authorize(member, 'audit.view');
  return write(db, member, filter, batch);
}

async function* write(db: Queryable, member: Member, filter: EventFilter, batch: number) {
  const { after: _, before: __, ...kept } = filter;
  yield csvRecord(HEAD);
  let before: string | undefined;
  for (;;) {
    const events = await selectEvents(db, member, { ...kept, before }, batch);
    if (events.length > 0) yield events.map(record).join('');
    if (events.length < batch) return;
    before = events.at(-1)?.id;
  }
}

function record(event: AuditEvent): string {
  const { at, actor, action, subjectKind, subjectId, subjectName, before, after, ip } = event;
  const change = changesOf(before, after).map(changeText).join('; ');
  return csvRecord([at, actor, actionLabel(action), action, subjectKind, subjectName, subjectId, change, ip]);
}
