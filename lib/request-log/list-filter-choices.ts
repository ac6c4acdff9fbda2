import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize, can } from '#lib/access/permissions.ts';

/** Options per filter. The selected value is always among them. */
const LISTED_MAX = 500;

/** The options of the log filters, sorted by name. Members see only their own keys and the apps of those. */
export async function listLogChoices(
  { db, member }: { db: Queryable; member: Member },
  {
    key,
    app,
    endpoint,
    member: person,
  }: {
    key?: string | undefined;
    app?: string | undefined;
    endpoint?: string | undefined;
    member?: string | undefined;
  } = {},
) {
  authorize(member, 'usage.view.own');
  const all = can(member, 'usage.view');
  const ownKeys = and(
    eq(credentials.teamId, member.teamId),
    all ? undefined : eq(credentials.memberId, member.memberId),
  );
  const ownApps = sql`select ${credentials.applicationId} from ${credentials} where ${ownKeys}`;
  const first = (condition: SQL | undefined) => (condition ? [sql`${condition} desc`] : []);
  const [keys, apps, connected, people] = await Promise.all([
    db
      .select({ keyId: credentials.keyId, name: credentials.name, environment: credentials.environment })
      .from(credentials)
      .where(ownKeys)
      .orderBy(
        ...first(key ? eq(credentials.keyId, key) : undefined),
        asc(credentials.name),
        asc(credentials.id),
      )
      .limit(LISTED_MAX),
    db
      .select({ appId: applications.publicId, title: applications.title })
      .from(applications)
      .where(
        and(
          eq(applications.teamId, member.teamId),
          all ? undefined : sql`${applications.id} in (${ownApps})`,
        ),
      )
      .orderBy(
        ...first(app ? eq(applications.publicId, app) : undefined),
        asc(applications.title),
        asc(applications.id),
      )
      .limit(LISTED_MAX),
    db
      .selectDistinct({
        id: endpoints.id,
        method: endpoints.method,
        path: endpoints.path,
        api: apis.slug,
        isSelected: endpoint ? eq(endpoints.id, endpoint) : sql`true`,
      })
      .from(applicationEndpoints)
      .innerJoin(endpoints, eq(endpoints.id, applicationEndpoints.endpointId))
      .innerJoin(apis, eq(apis.id, endpoints.apiId))
      .where(
        and(
          eq(applicationEndpoints.teamId, member.teamId),
          all ? undefined : sql`${applicationEndpoints.applicationId} in (${ownApps})`,
        ),
      )
      .orderBy(sql`5 desc`, asc(apis.slug), asc(endpoints.path), asc(endpoints.method))
      .limit(LISTED_MAX),
    all
      ? db
          .select({ id: members.id, name: users.name, email: users.email })
          .from(members)
          .innerJoin(users, eq(users.id, members.userId))
          .where(eq(members.teamId, member.teamId))
          .orderBy(...first(person ? eq(members.id, person) : undefined), asc(users.name), asc(users.email))
          .limit(LISTED_MAX)
      : null,
  ]);
  return { keys, apps, people, endpoints: connected.map(({ isSelected: _, ...choice }) => choice) };
}

export type LogChoices = Awaited<ReturnType<typeof listLogChoices>>;
