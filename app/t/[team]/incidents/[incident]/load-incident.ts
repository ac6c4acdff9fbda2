import { notFound } from 'next/navigation';
import { cache } from 'react';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { OneIncident } from '#lib/incidents/input.ts';
import { readIncident } from '#lib/incidents/read-incident.ts';

export type IncidentParams = Promise<{ team: string; incident: string }>;

/** The member and the incident in the URL. What they can't see looks absent. Once per request. */
export async function loadIncident(params: IncidentParams) {
  const { team, incident } = await params;
  return load(team, incident);
}

const load = cache(async (team: string, incidentId: string) => {
  const member = await requireMember(team);
  const parsed = OneIncident.safeParse({ incidentId });
  if (!parsed.success) notFound();
  const incident = (await readIncident({ db: database(), member }, parsed.data)) ?? notFound();
  return { member, incident, base: `/t/${member.teamSlug}/incidents/${incidentId}` };
});
