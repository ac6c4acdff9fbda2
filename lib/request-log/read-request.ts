import { and, asc, desc, eq, gt, lt } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import { usageRecords } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { requestColumns, visibleTo } from './request-rows.ts';

/** One call with all that is known of it; null when it is not there, or not for this member. */
export async function readRequest({ db, member }: { db: Queryable; member: Member }, input: { id: string }) {
  authorize(member, 'usage.view.own');
  const [row] = await db
    .select({
      ...requestColumns,
      counted: usageRecords.counted,
      day: usageRecords.day,
      upstreamMs: usageRecords.upstreamMs,
      bytesIn: usageRecords.bytesIn,
      bytesOut: usageRecords.bytesOut,
      userAgent: usageRecords.userAgent,
      nodeId: usageRecords.nodeId,
      endpointId: usageRecords.endpointId,
      credentialId: usageRecords.credentialId,
      apiTitle: apis.title,
      template: endpoints.path,
      summary: endpoints.summary,
    })
    .from(usageRecords)
    .innerJoin(applications, eq(applications.id, usageRecords.applicationId))
    .innerJoin(credentials, eq(credentials.id, usageRecords.credentialId))
    .leftJoin(endpoints, eq(endpoints.id, usageRecords.endpointId))
    .leftJoin(apis, eq(apis.id, endpoints.apiId))
    .where(and(visibleTo(member), eq(usageRecords.id, input.id)));
  if (!row) return null;
  const { credentialId, ...request } = row;
  const neighbour = async (newer: boolean) => {
    const [found] = await db
      .select({ id: usageRecords.id })
      .from(usageRecords)
      .where(
        and(
          visibleTo(member),
          eq(usageRecords.credentialId, credentialId),
          (newer ? gt : lt)(usageRecords.id, row.id),
        ),
      )
      .orderBy((newer ? asc : desc)(usageRecords.id))
      .limit(1);
    return found?.id ?? null;
  };
  const [newer, older] = await Promise.all([neighbour(true), neighbour(false)]);
  return { ...request, ofSameKey: { newer, older } };
}

export type RequestDetail = NonNullable<Awaited<ReturnType<typeof readRequest>>>;
