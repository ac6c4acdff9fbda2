import { and, eq } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { isOffered } from '#lib/catalog/is-offered.ts';
import { type ExampleCall, easiestToCall, exampleCall } from './example-call.ts';

/** An example request for an application: its endpoint that is easiest to try, or null if it has none. */
export async function readExampleCall(
  { db, member }: { db: Queryable; member: Member },
  { appId }: { appId: string },
): Promise<ExampleCall | null> {
  authorize(member, 'application.view');
  const connected = await db
    .select({
      apiSlug: apis.slug,
      method: endpoints.method,
      path: endpoints.path,
      deprecated: endpoints.deprecated,
      parameters: endpoints.parameters,
      requestBody: endpoints.requestBody,
    })
    .from(applicationEndpoints)
    .innerJoin(applications, eq(applications.id, applicationEndpoints.applicationId))
    .innerJoin(endpoints, eq(endpoints.id, applicationEndpoints.endpointId))
    .innerJoin(apis, eq(apis.id, endpoints.apiId))
    .where(and(eq(applications.publicId, appId), eq(applications.teamId, member.teamId), isOffered));
  const endpoint = easiestToCall(connected);
  return endpoint && exampleCall(endpoint);
}
