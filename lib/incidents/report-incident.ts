import { and, eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { incidents } from '#db/schema/incidents.ts';
import type { Member } from '#lib/access/member.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { lockIncident, type OneIncident, recordStep } from './input.ts';

type Reported = { ok: true } | { ok: false; reason: 'not_found' | 'closed' | 'already_reported' };

/** Marks an incident as reported to the API's provider. */
export async function reportIncident(
  { db, member }: { db: Queryable; member: Member },
  { incidentId }: z.output<typeof OneIncident>,
): Promise<Reported> {
  return db.transaction(async (tx) => {
    const incident = await lockIncident(tx, member, incidentId);
    if (!incident) return { ok: false, reason: 'not_found' };
    if (incident.closedAt) return { ok: false, reason: 'closed' };
    if (incident.reportedAt) return { ok: false, reason: 'already_reported' };
    await tx
      .update(incidents)
      .set({ reportedAt: sql`now()` })
      .where(and(eq(incidents.id, incident.id), eq(incidents.teamId, member.teamId)));
    await recordStep(tx, member, incident, 'reported');
    await recordAudit(tx, member, 'incident.report', { kind: 'incident', id: incidentId });
    return { ok: true };
  });
}
