import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { incidentEvents } from '#db/schema/incidents.ts';
import type { Member } from '#lib/access/member.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { lockIncident, type OneIncident, recordStep } from './input.ts';

type Marked = { ok: true } | { ok: false; reason: 'not_found' | 'closed' | 'already_updated' };

/** Marks all apps as updated: callers that are not the team's never move to the replacement. */
export async function markUpdated(
  { db, member }: { db: Queryable; member: Member },
  { incidentId }: z.output<typeof OneIncident>,
): Promise<Marked> {
  return db.transaction(async (tx) => {
    const incident = await lockIncident(tx, member, incidentId);
    if (!incident) return { ok: false, reason: 'not_found' };
    if (incident.closedAt) return { ok: false, reason: 'closed' };
    const marks = and(eq(incidentEvents.incidentId, incident.id), eq(incidentEvents.step, 'updated'));
    if ((await tx.$count(incidentEvents, marks)) > 0) return { ok: false, reason: 'already_updated' };
    await recordStep(tx, member, incident, 'updated');
    await recordAudit(tx, member, 'incident.update', { kind: 'incident', id: incidentId });
    return { ok: true };
  });
}
