import { and, eq, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { byApiTagAndPath, endpointColumns } from './list-offered-endpoints.ts';

/**
 * The endpoints an application is connected to, by API, tag and path. `gone`: it was removed from the catalog,
 * and requests to it are rejected as unknown.
 */
export async function listConnectedEndpoints(
  { db, member }: { db: Queryable; member: Member },
  { appId }: { appId: string },
) {
  authorize(member, 'application.view');
  return db
    .select({
      ...endpointColumns,
      gone: sql<boolean>`(${endpoints.removedAt} is not null or ${apis.removedAt} is not null)`,
    })
    .from(applicationEndpoints)
    .innerJoin(
      applications,
      and(
        eq(applications.id, applicationEndpoints.applicationId),
        eq(applications.teamId, applicationEndpoints.teamId),
      ),
    )
    .innerJoin(endpoints, eq(endpoints.id, applicationEndpoints.endpointId))
    .innerJoin(apis, eq(apis.id, endpoints.apiId))
    .where(and(eq(applications.publicId, appId), eq(applications.teamId, member.teamId)))
    .orderBy(...byApiTagAndPath);
}
