import { and, eq } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { applications } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import { usageRecords } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { requestColumns, visibleTo } from './list-requests.ts';

/** One call with all that is known of it; null when it is not there, or not for this member. */
export async function readRequest({ db, member }: { db: Queryable; member: Member }, input: { id: string }) {
  authorize(member, 'usage.view.own');
  const [row] = await db
    .select({
      ...requestColumns,
      counted: usageRecords.counted,
      day: usageRecords.day,
      bytesIn: usageRecords.bytesIn,
      bytesOut: usageRecords.bytesOut,
      userAgent: usageRecords.userAgent,
      memberName: users.name,
      apiTitle: apis.title,
      template: endpoints.path,
      summary: endpoints.summary,
    })
    .from(usageRecords)
    .innerJoin(applications, eq(applications.id, usageRecords.applicationId))
    .innerJoin(credentials, eq(credentials.id, usageRecords.credentialId))
    .leftJoin(endpoints, eq(endpoints.id, usageRecords.endpointId))
    .leftJoin(apis, eq(apis.id, endpoints.apiId))
    .leftJoin(members, eq(members.id, usageRecords.memberId))
    .leftJoin(users, eq(users.id, members.userId))
    .where(and(visibleTo(member), eq(usageRecords.id, input.id)));
  return row ?? null;
}

export type RequestDetail = NonNullable<Awaited<ReturnType<typeof readRequest>>>;
