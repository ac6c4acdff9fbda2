import { and, eq, isNull } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { operationColumns } from '#lib/catalog/find-operation.ts';
import { openDocument } from '#lib/catalog/open-document.ts';
import { operationShape } from '#lib/catalog/operation-shape.ts';
import { sharedKeyOf } from '#lib/credentials/format.ts';
import { ofApplication, ofMember, usableBy } from './usable-credentials.ts';

/** A credential the member can test with. Null for any other, whether or not it exists. */
export async function findCredential(db: Queryable, member: Member, keyId: string) {
  const [row] = await db
    .select({
      id: credentials.id,
      keyId: credentials.keyId,
      name: credentials.name,
      environment: credentials.environment,
      applicationId: credentials.applicationId,
      memberId: credentials.memberId,
    })
    .from(credentials)
    .innerJoin(applications, ofApplication)
    .leftJoin(members, ofMember)
    .where(and(usableBy(member), eq(credentials.keyId, keyId)));
  return row ? { ...row, sharedKey: sharedKeyOf(row.environment, row.keyId) } : null;
}

/** A current endpoint that one of the team's apps is connected to, with its shape. Null for any other. */
export async function findEndpoint(
  db: Queryable,
  member: Member,
  { applicationId, endpointId }: { applicationId: string; endpointId: string },
) {
  const [row] = await db
    .select(operationColumns)
    .from(applicationEndpoints)
    .innerJoin(endpoints, eq(endpoints.id, applicationEndpoints.endpointId))
    .innerJoin(apis, eq(apis.id, endpoints.apiId))
    .where(
      and(
        eq(applicationEndpoints.teamId, member.teamId),
        eq(applicationEndpoints.applicationId, applicationId),
        eq(applicationEndpoints.endpointId, endpointId),
        isNull(endpoints.removedAt),
        isNull(apis.removedAt),
      ),
    );
  if (!row) return null;
  const root = await openDocument(db, row.api);
  return { ...row, root, shape: operationShape(root, row) };
}
