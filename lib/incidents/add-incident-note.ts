import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { plainText } from '#lib/access/text.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { lockIncident, OneIncident, recordStep } from './input.ts';

export const AddIncidentNote = OneIncident.extend({
  text: plainText('note', { min: 1, max: 2_000, lines: 'many' }),
});

type Noted = { ok: true } | { ok: false; reason: 'not_found' };

/** Adds a note to an incident's history, even if it is closed. */
export async function addIncidentNote(
  { db, member }: { db: Queryable; member: Member },
  { incidentId, text }: z.output<typeof AddIncidentNote>,
): Promise<Noted> {
  return db.transaction(async (tx) => {
    const incident = await lockIncident(tx, member, incidentId);
    if (!incident) return { ok: false, reason: 'not_found' };
    await recordStep(tx, member, incident, 'note', text);
    await recordAudit(tx, member, 'incident.note', { kind: 'incident', id: incidentId });
    return { ok: true };
  });
}
