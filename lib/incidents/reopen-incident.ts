import { and, eq, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import { incidents } from '#db/schema/incidents.ts';
import type { Member } from '#lib/access/member.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { lockIncident, type OneIncident, recordStep } from './input.ts';

type Reopened =
  | { ok: true }
  | { ok: false; reason: 'not_found' | 'already_open' }
  | { ok: false; reason: 'another_open'; incidentId: string };

/** Reopens a closed incident, unless another one about the same key is open. */
export async function reopenIncident(
  { db, member }: { db: Queryable; member: Member },
  { incidentId }: z.output<typeof OneIncident>,
): Promise<Reopened> {
  return db.transaction(async (tx) => {
    const incident = await lockIncident(tx, member, incidentId);
    if (!incident) return { ok: false, reason: 'not_found' };
    if (!incident.closedAt) return { ok: false, reason: 'already_open' };
    // The lock on the key's row serializes this with the opening of another incident.
    await tx
      .select({ id: credentials.id })
      .from(credentials)
      .where(eq(credentials.id, incident.credentialId))
      .for('no key update');
    const [other] = await tx
      .select({ incidentId: incidents.publicId })
      .from(incidents)
      .where(and(eq(incidents.credentialId, incident.credentialId), isNull(incidents.closedAt)));
    if (other) return { ok: false, reason: 'another_open', ...other };

    await tx
      .update(incidents)
      .set({ closedAt: null, closedBy: null })
      .where(and(eq(incidents.id, incident.id), eq(incidents.teamId, member.teamId)));
    await recordStep(tx, member, incident, 'reopened');
    await recordAudit(tx, member, 'incident.reopen', { kind: 'incident', id: incidentId });
    return { ok: true };
  });
}
