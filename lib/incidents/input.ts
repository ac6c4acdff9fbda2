import { and, eq, inArray, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import { incidentEvents, type incidentStep, incidents } from '#db/schema/incidents.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize, can } from '#lib/access/permissions.ts';

/** How many days requests with the revoked key are monitored. */
export const MONITOR_DAYS = 7;

/** An incident by the ID in its URL. */
export const OneIncident = z.object({ incidentId: z.string().regex(/^inc_[0-9A-Za-z]{16}$/) });

/** The incidents that an actor can see: the team's, or only those about their own keys. Throws `Forbidden`. */
export function reachIncidents(db: Queryable, member: Member): SQL | undefined {
  const all = can(member, 'incident.run');
  if (!all) authorize(member, 'incident.run.own');
  const own = db
    .select({ id: credentials.id })
    .from(credentials)
    .where(and(eq(credentials.teamId, member.teamId), eq(credentials.memberId, member.memberId)));
  return and(eq(incidents.teamId, member.teamId), all ? undefined : inArray(incidents.credentialId, own));
}

/** An incident with its row locked until commit, which serializes its steps. Null if there is none. */
export async function lockIncident(tx: Queryable, member: Member, incidentId: string) {
  const [row] = await tx
    .select({
      id: incidents.id,
      incidentId: incidents.publicId,
      credentialId: incidents.credentialId,
      successorId: incidents.successorId,
      reportedAt: incidents.reportedAt,
      closedAt: incidents.closedAt,
    })
    .from(incidents)
    .where(and(reachIncidents(tx, member), eq(incidents.publicId, incidentId)))
    .for('update');
  return row ?? null;
}

/** Adds an entry to an incident's history, in the transaction of the step. Returns its ID. */
export async function recordStep(
  tx: Queryable,
  member: Member,
  incident: { id: string },
  step: (typeof incidentStep.enumValues)[number],
  text = '',
): Promise<string> {
  const [row] = await tx
    .insert(incidentEvents)
    .values({ teamId: member.teamId, incidentId: incident.id, step, text, memberId: member.memberId })
    .returning({ id: incidentEvents.id });
  return row!.id;
}
