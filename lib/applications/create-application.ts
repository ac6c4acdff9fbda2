import { and, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { isConnectable } from '#lib/catalog/is-offered.ts';
import { randomBase62 } from '#lib/vault/tokens.ts';
import { hasRoom } from './app-capacity.ts';
import { ApplicationDetails, EndpointIds } from './input.ts';

export const CreateApplication = z.object({ ...ApplicationDetails.shape, endpointIds: EndpointIds });

type Created =
  | { ok: true; id: string; appId: string }
  | { ok: false; reason: 'unknown_endpoint' | 'no_room' };

/** Creates an application that can call the given endpoints. It has no keys yet. */
export async function createApplication(
  { db, member }: { db: Queryable; member: Member },
  input: z.output<typeof CreateApplication>,
): Promise<Created> {
  authorize(member, 'application.create');

  return db.transaction(async (tx) => {
    if (!(await allOffered(tx, input.endpointIds))) return { ok: false, reason: 'unknown_endpoint' };
    if (!(await hasRoom(tx, member.teamId))) return { ok: false, reason: 'no_room' };

    const [row] = await tx
      .insert(applications)
      .values({
        teamId: member.teamId,
        publicId: `app_${randomBase62(16)}`,
        title: input.title,
        description: input.description,
        createdBy: member.memberId,
      })
      .returning({ id: applications.id, appId: applications.publicId });
    await connect(tx, member.teamId, row!.id, input.endpointIds);
    await recordAudit(
      tx,
      member,
      'application.create',
      { kind: 'application', id: row!.appId },
      { after: input },
    );
    return { ok: true, ...row! };
  });
}

/** Whether all of these endpoints are in the catalog. */
export async function allOffered(tx: Queryable, endpointIds: readonly string[]): Promise<boolean> {
  if (endpointIds.length === 0) return true;
  const [row] = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(endpoints)
    .innerJoin(apis, eq(apis.id, endpoints.apiId))
    .where(and(inArray(endpoints.id, [...endpointIds]), isConnectable));
  return row?.count === endpointIds.length;
}

/** Connects endpoints to an application. The caller has checked its team. */
export async function connect(
  tx: Queryable,
  teamId: string,
  applicationId: string,
  endpointIds: readonly string[],
): Promise<void> {
  if (endpointIds.length === 0) return;
  await tx
    .insert(applicationEndpoints)
    .values(endpointIds.map((endpointId) => ({ teamId, applicationId, endpointId })))
    .onConflictDoNothing();
}
