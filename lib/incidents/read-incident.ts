import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import { incidentEvents, incidents } from '#db/schema/incidents.ts';
import type { Member } from '#lib/access/member.ts';
import { sharedKeyOf } from '#lib/credentials/format.ts';
import { type OneIncident, reachIncidents } from './input.ts';

const successors = alias(credentials, 'successors');

/** The name of a current or former member. */
const nameOf = (memberId: SQL) => sql<string | null>`(select person.name from members as acting
  join users as person on person.id = acting.user_id where acting.id = ${memberId})`;

/** An incident with its key, the replacement and its history. Null if there is none that the actor can see. */
export async function readIncident(
  { db, member }: { db: Queryable; member: Member },
  { incidentId }: z.output<typeof OneIncident>,
) {
  const [row] = await db
    .select({
      id: incidents.id,
      incidentId: incidents.publicId,
      reason: incidents.reason,
      openedAt: incidents.openedAt,
      openedBy: nameOf(sql`${incidents.openedBy}`),
      revokedAt: incidents.revokedAt,
      replacedAt: incidents.replacedAt,
      monitorUntil: incidents.monitorUntil,
      isMonitored: sql<boolean>`${incidents.monitorUntil} > now()`,
      reportedAt: incidents.reportedAt,
      closedAt: incidents.closedAt,
      closedBy: nameOf(sql`${incidents.closedBy}`),
      keyId: credentials.keyId,
      keyName: credentials.name,
      environment: credentials.environment,
      keyCreatedAt: credentials.createdAt,
      appId: applications.publicId,
      appTitle: applications.title,
      /** The owner, for a member's own key. Null for an app's key. */
      keyOwner: nameOf(sql`${credentials.memberId}`),
      isMyKey: sql<boolean>`coalesce(${credentials.memberId} = ${member.memberId}, false)`,
      successorKeyId: successors.keyId,
      successorName: successors.name,
    })
    .from(incidents)
    .innerJoin(
      credentials,
      and(eq(credentials.id, incidents.credentialId), eq(credentials.teamId, incidents.teamId)),
    )
    .innerJoin(applications, eq(applications.id, credentials.applicationId))
    .leftJoin(
      successors,
      and(eq(successors.id, incidents.successorId), eq(successors.teamId, incidents.teamId)),
    )
    .where(and(reachIncidents(db, member), eq(incidents.publicId, incidentId)));
  if (!row) return null;

  const { id, successorKeyId, successorName, ...incident } = row;
  const events = await db
    .select({
      id: incidentEvents.id,
      step: incidentEvents.step,
      text: incidentEvents.text,
      at: incidentEvents.at,
      by: nameOf(sql`incident_events.member_id`),
    })
    .from(incidentEvents)
    .where(and(eq(incidentEvents.teamId, member.teamId), eq(incidentEvents.incidentId, id)))
    .orderBy(asc(incidentEvents.id));
  return {
    ...incident,
    sharedKey: sharedKeyOf(row.environment, row.keyId),
    successor: successorKeyId === null ? null : { keyId: successorKeyId, name: successorName ?? '' },
    /** When all apps were marked as updated. */
    updatedAt: events.findLast((event) => event.step === 'updated')?.at ?? null,
    events,
  };
}

export type Incident = NonNullable<Awaited<ReturnType<typeof readIncident>>>;
export type IncidentEvent = Incident['events'][number];
