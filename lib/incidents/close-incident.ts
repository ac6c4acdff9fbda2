import { and, eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { incidents } from '#db/schema/incidents.ts';
import type { Member } from '#lib/access/member.ts';
import { plainText } from '#lib/access/text.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { lockIncident, OneIncident, recordStep } from './input.ts';

export const CloseIncident = OneIncident.extend({
  summary: plainText('summary', { min: 1, max: 2_000, lines: 'many' }),
});

type Closed = { ok: true } | { ok: false; reason: 'not_found' | 'already_closed' };

/** Closes an incident with a summary. Its key stays revoked. */
export async function closeIncident(
  { db, member }: { db: Queryable; member: Member },
  { incidentId, summary }: z.output<typeof CloseIncident>,
): Promise<Closed> {
  return db.transaction(async (tx) => {
    const incident = await lockIncident(tx, member, incidentId);
    if (!incident) return { ok: false, reason: 'not_found' };
    if (incident.closedAt) return { ok: false, reason: 'already_closed' };
    await tx
      .update(incidents)
      .set({ closedAt: sql`now()`, closedBy: member.memberId })
      .where(and(eq(incidents.id, incident.id), eq(incidents.teamId, member.teamId)));
    await recordStep(tx, member, incident, 'closed', summary);
    await recordAudit(tx, member, 'incident.close', { kind: 'incident', id: incidentId });
    return { ok: true };
  });
}
