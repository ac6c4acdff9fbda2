import { and, asc, desc, eq, inArray, isNull, ne } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { can } from '#lib/access/permissions.ts';
import { credentialScope } from '#lib/credentials/credential-scope.ts';

/** Options per filter. For anything else, open the usage page of the app, key or member. */
const OPTIONS_MAX = 200;

export type Choice = { value: string; label: string };
export type UsageChoices = Record<'app' | 'key' | 'member' | 'endpoint', Choice[]>;

/** The options of the usage filters: keys newest first, everything else by name. Members see only their own keys. */
export async function readUsageChoices({
  db,
  member,
}: {
  db: Queryable;
  member: Member;
}): Promise<UsageChoices> {
  const mine = credentialScope(member, 'usage.view');
  const [app, keys, people, endpoint] = await Promise.all([
    db
      .select({ value: applications.publicId, label: applications.title })
      .from(applications)
      .where(and(eq(applications.teamId, member.teamId), isNull(applications.archivedAt)))
      .orderBy(asc(applications.title))
      .limit(OPTIONS_MAX),
    db
      .select({ value: credentials.keyId, name: credentials.name })
      .from(credentials)
      .where(mine)
      .orderBy(desc(credentials.createdAt))
      .limit(OPTIONS_MAX),
    can(member, 'usage.view')
      ? db
          .select({ value: members.id, label: users.name })
          .from(members)
          .innerJoin(users, eq(users.id, members.userId))
          .where(and(eq(members.teamId, member.teamId), ne(members.status, 'removed')))
          .orderBy(asc(users.name))
          .limit(OPTIONS_MAX)
      : [],
    db
      .select({ value: endpoints.id, method: endpoints.method, path: endpoints.path, api: apis.slug })
      .from(endpoints)
      .innerJoin(apis, eq(apis.id, endpoints.apiId))
      .where(
        inArray(
          endpoints.id,
          db
            .select({ id: applicationEndpoints.endpointId })
            .from(applicationEndpoints)
            .where(eq(applicationEndpoints.teamId, member.teamId)),
        ),
      )
      .orderBy(asc(apis.slug), asc(endpoints.path), asc(endpoints.method))
      .limit(OPTIONS_MAX),
  ]);
  return {
    ...{ app, member: people },
    // Rotated keys share a name, so the start of the key ID is added, as in the log.
    key: keys.map(({ value, name }) => ({ value, label: `${name} (${value.slice(0, 6)}…)` })),
    endpoint: endpoint.map(({ value, method, path, api }) => ({ value, label: `${method} /${api}${path}` })),
  };
}
