import { and, eq, inArray } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import { incidents } from '#db/schema/incidents.ts';
import { invitations, members, teams } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';

/** IDs of these kinds are uuids in the database. Anything else has no name. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Subject = { subjectKind: string; subjectId: string };

/** The names of some events' subjects, by ID. Only the actor's own team. */
export async function nameSubjects(
  db: Queryable,
  { teamId }: Member,
  subjects: readonly Subject[],
): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const add = (rows: { id: string; name: string }[]) => {
    for (const { id, name } of rows) names.set(id, name);
  };
  const idsOf = (kind: string) => [
    ...new Set(subjects.filter((one) => one.subjectKind === kind).map((one) => one.subjectId)),
  ];
  const [people, invited, apps, keys, cases, ownTeam] = [
    idsOf('member').filter((id) => UUID.test(id)),
    idsOf('invitation').filter((id) => UUID.test(id)),
    idsOf('application'),
    idsOf('credential'),
    idsOf('incident'),
    idsOf('team'),
  ];
  // Kinds that don't occur cost no query.
  if (people.length > 0)
    add(
      await db
        .select({ id: members.id, name: users.name })
        .from(members)
        .innerJoin(users, eq(users.id, members.userId))
        .where(and(eq(members.teamId, teamId), inArray(members.id, people))),
    );
  if (invited.length > 0)
    add(
      await db
        .select({ id: invitations.id, name: invitations.email })
        .from(invitations)
        .where(and(eq(invitations.teamId, teamId), inArray(invitations.id, invited))),
    );
  if (apps.length > 0)
    add(
      await db
        .select({ id: applications.publicId, name: applications.title })
        .from(applications)
        .where(and(eq(applications.teamId, teamId), inArray(applications.publicId, apps))),
    );
  if (keys.length > 0)
    add(
      await db
        .select({ id: credentials.keyId, name: credentials.name })
        .from(credentials)
        .where(and(eq(credentials.teamId, teamId), inArray(credentials.keyId, keys))),
    );
  if (cases.length > 0)
    // An incident is named after its key.
    add(
      await db
        .select({ id: incidents.publicId, name: credentials.name })
        .from(incidents)
        .innerJoin(credentials, eq(credentials.id, incidents.credentialId))
        .where(and(eq(incidents.teamId, teamId), inArray(incidents.publicId, cases))),
    );
  if (ownTeam.length > 0)
    add(await db.select({ id: teams.id, name: teams.name }).from(teams).where(eq(teams.id, teamId)));
  return names;
}
