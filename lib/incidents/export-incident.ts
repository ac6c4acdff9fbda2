import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import type { Caller } from '#lib/credentials/list-callers.ts';
import { redactValues } from '#lib/vault/find-keys.ts';
import { callersBefore } from './callers-before.ts';
import { findUnusual, type Unusual } from './find-unusual.ts';
import type { OneIncident } from './input.ts';
import { monitorIncident, type Watched } from './monitor-incident.ts';
import { type Incident, readIncident } from './read-incident.ts';

export type IncidentReport = {
  generatedAt: Date;
  incident: Incident;
  watched: Watched | null;
  unusual: Unusual[];
  callers: Caller[];
};

/** An incident's report for the API's provider. Secret keys in user text are masked. */
export async function exportIncident(
  context: { db: Queryable; member: Member },
  input: z.output<typeof OneIncident>,
): Promise<IncidentReport | null> {
  const incident = await readIncident(context, input);
  if (!incident) return null;
  const [watched, unusual, listed] = await Promise.all([
    monitorIncident(context, input),
    findUnusual(context, input),
    callersBefore(context, incident),
  ]);
  return redactValues({
    generatedAt: new Date(),
    incident,
    watched,
    unusual,
    callers: listed?.callers ?? [],
  });
}
