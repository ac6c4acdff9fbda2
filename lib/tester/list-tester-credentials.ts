import { desc, eq, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { sharedKeyOf } from '#lib/credentials/format.ts';
import { ofApplication, ofMember, usableBy } from './usable-credentials.ts';

const CREDENTIALS_MAX = 200;

/**
 * The credentials to choose from: Development first, Production last, the member's own before apps', other members' last.
 * `reaches` says whether a credential's app is connected to the given endpoint.
 */
export async function listTesterCredentials(
  { db, member }: { db: Queryable; member: Member },
  { endpointId }: { endpointId?: string | undefined } = {},
) {
  const own = sql<boolean>`coalesce(${credentials.memberId} = ${member.memberId}, false)`;
  const reaches = endpointId
    ? sql<boolean>`exists (select from ${applicationEndpoints} where ${applicationEndpoints.applicationId} = ${applications.id} and ${applicationEndpoints.endpointId} = ${endpointId})`
    : sql<boolean>`true`;
  const rows = await db
    .select({
      keyId: credentials.keyId,
      name: credentials.name,
      environment: credentials.environment,
      appTitle: applications.title,
      appId: applications.publicId,
      reaches,
      own,
      /** The member whose own key it is. Null for an app's key. */
      memberName: users.name,
    })
    .from(credentials)
    .innerJoin(applications, ofApplication)
    .leftJoin(members, ofMember)
    .leftJoin(users, eq(users.id, members.userId))
    .where(usableBy(member))
    .orderBy(
      credentials.environment,
      desc(own),
      sql`${credentials.memberId} is not null`,
      desc(credentials.id),
    )
    .limit(CREDENTIALS_MAX);
  return rows.map((row) => ({ ...row, sharedKey: sharedKeyOf(row.environment, row.keyId) }));
}

export type TesterCredential = Awaited<ReturnType<typeof listTesterCredentials>>[number];
