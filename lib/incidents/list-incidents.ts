import { and, desc, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { credentials } from '#db/schema/credentials.ts';
import { incidentEvents, incidents } from '#db/schema/incidents.ts';
import { members } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { callersBefore } from './callers-before.ts';
import { reachIncidents } from './input.ts';
import { type Step, stepsDone } from './steps.ts';

const INCIDENTS_PAGE = 25;

const successors = alias(credentials, 'successors');

/** The query parameters of the list. Invalid values are ignored. */
export const IncidentFilter = z.object({
  state: z.enum(['open', 'closed']).optional().catch(undefined),
  before: z.uuid().optional().catch(undefined),
});

/** The team's incidents, newest first. Members see those about their own keys. `older` is the next page's `before`. */
export async function listIncidents(
  { db, member }: { db: Queryable; member: Member },
  { state, before }: z.output<typeof IncidentFilter> = {},
) {
  const rows = await db
    .select({
      id: incidents.id,
      incidentId: incidents.publicId,
      keyId: credentials.keyId,
      keyName: credentials.name,
      environment: credentials.environment,
      openedAt: incidents.openedAt,
      openedBy: users.name,
      revokedAt: incidents.revokedAt,
      replacedAt: incidents.replacedAt,
      successorKeyId: successors.keyId,
      isUpdated: sql<boolean>`exists (select 1 from ${incidentEvents}
        where ${incidentEvents.incidentId} = ${incidents.id} and ${incidentEvents.step} = 'updated')`,
      monitorUntil: incidents.monitorUntil,
      isMonitored: sql<boolean>`${incidents.monitorUntil} > now()`,
      reportedAt: incidents.reportedAt,
      closedAt: incidents.closedAt,
    })
    .from(incidents)
    .innerJoin(
      credentials,
      and(eq(credentials.id, incidents.credentialId), eq(credentials.teamId, incidents.teamId)),
    )
    .leftJoin(
      successors,
      and(eq(successors.id, incidents.successorId), eq(successors.teamId, incidents.teamId)),
    )
    .leftJoin(members, eq(members.id, incidents.openedBy))
    .leftJoin(users, eq(users.id, members.userId))
    .where(
      and(
        reachIncidents(db, member),
        state === 'open' ? isNull(incidents.closedAt) : undefined,
        state === 'closed' ? isNotNull(incidents.closedAt) : undefined,
        before ? lt(incidents.id, before) : undefined,
      ),
    )
    .orderBy(desc(incidents.id))
    .limit(INCIDENTS_PAGE + 1);
  const page = await Promise.all(
    rows.slice(0, INCIDENTS_PAGE).map(async (row) => ({ ...row, done: await doneOf({ db, member }, row) })),
  );
  return { incidents: page, older: rows.length > INCIDENTS_PAGE ? page.at(-1)!.id : null };
}

type State = Parameters<typeof stepsDone>[0] & { keyId: string; successorKeyId: string | null };

/** The same as on the incident's page. Callers are read only if nothing else decides. */
async function doneOf(context: { db: Queryable; member: Member }, row: State): Promise<Set<Step>> {
  if (row.isUpdated || row.successorKeyId === null) return stepsDone(row);
  const listed = await callersBefore(context, { ...row, successor: { keyId: row.successorKeyId } });
  return stepsDone(row, listed?.callers);
}

export type ListedIncident = Awaited<ReturnType<typeof listIncidents>>['incidents'][number];

/** The public ID of a key's open incident, or null. */
export async function findOpenIncident(
  { db, member }: { db: Queryable; member: Member },
  { keyId }: { keyId: string },
): Promise<string | null> {
  const [row] = await db
    .select({ incidentId: incidents.publicId })
    .from(incidents)
    .innerJoin(credentials, eq(credentials.id, incidents.credentialId))
    .where(and(reachIncidents(db, member), eq(credentials.keyId, keyId), isNull(incidents.closedAt)));
  return row?.incidentId ?? null;
}
