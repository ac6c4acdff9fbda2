import { and, desc, eq, isNotNull, isNull, lt, ne, not, or, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import { usageDaily } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize, can } from '#lib/access/permissions.ts';

export const APPLICATIONS_PAGE = 60;

export type ApplicationCard = {
  id: string;
  appId: string;
  title: string;
  description: string;
  createdAt: Date;
  archivedAt: Date | null;
  /** Neither revoked nor expired. For a member, their own keys only. */
  liveKeys: number;
  /** Requests on this UTC day that counted toward the quota. For a member, their own only. */
  requestsToday: number;
};

/**
 * The team's applications, newest first, `APPLICATIONS_PAGE` at a time. `before` is the `id` of the last one
 * on the previous page. The Default app, which every team has, is listed once it is used.
 */
export async function listApplications(
  { db, member }: { db: Queryable; member: Member },
  { archived = false, before }: { archived?: boolean; before?: string } = {},
): Promise<{ applications: ApplicationCard[]; older: string | null; archivedCount: number }> {
  authorize(member, 'application.view');
  const own = !can(member, 'usage.view');
  const team = eq(applications.teamId, member.teamId);

  const keys = db
    .select({ applicationId: credentials.applicationId, live: sql<number>`count(*)::int`.as('live') })
    .from(credentials)
    .where(
      and(
        eq(credentials.teamId, member.teamId),
        own ? eq(credentials.memberId, member.memberId) : undefined,
        ne(credentials.status, 'revoked'),
        sql`coalesce(least(${credentials.expiresAt}, ${credentials.retiresAt}) > now(), true)`,
      ),
    )
    .groupBy(credentials.applicationId)
    .as('keys');
  const today = db
    .select({
      applicationId: usageDaily.applicationId,
      requests: sql<number>`sum(${usageDaily.requests})::int`.as('requests'),
    })
    .from(usageDaily)
    .where(
      and(
        eq(usageDaily.teamId, member.teamId),
        own ? eq(usageDaily.memberId, member.memberId) : undefined,
        eq(usageDaily.day, sql`(now() at time zone 'utc')::date`),
      ),
    )
    .groupBy(usageDaily.applicationId)
    .as('today');

  const [rows, archivedCount] = await Promise.all([
    db
      .select({
        id: applications.id,
        appId: applications.publicId,
        title: applications.title,
        description: applications.description,
        createdAt: applications.createdAt,
        archivedAt: applications.archivedAt,
        liveKeys: sql<number>`coalesce(${keys.live}, 0)`,
        requestsToday: sql<number>`coalesce(${today.requests}, 0)`,
      })
      .from(applications)
      .leftJoin(keys, eq(keys.applicationId, applications.id))
      .leftJoin(today, eq(today.applicationId, applications.id))
      .where(
        and(
          team,
          archived ? isNotNull(applications.archivedAt) : isNull(applications.archivedAt),
          or(not(applications.isDefault), inUse()),
          before ? lt(applications.id, before) : undefined,
        ),
      )
      .orderBy(desc(applications.id))
      .limit(APPLICATIONS_PAGE + 1),
    db.$count(applications, and(team, isNotNull(applications.archivedAt))),
  ]);
  const page = rows.slice(0, APPLICATIONS_PAGE);
  return {
    applications: page,
    older: rows.length > APPLICATIONS_PAGE ? page.at(-1)!.id : null,
    archivedCount,
  };
}

/** Whether an application was ever used: it has a key or a connected endpoint. */
function inUse(): SQL {
  return sql`(exists (select 1 from ${credentials} where ${credentials.applicationId} = ${applications.id})
    or exists (select 1 from ${applicationEndpoints} where ${applicationEndpoints.applicationId} = ${applications.id}))`;
}
