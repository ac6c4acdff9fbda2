import { and, desc, eq, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import { testerRequests } from '#db/schema/tester.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { REQUESTS_KEPT } from './prepare-request.ts';
import { StoredRequest, type TesterValues } from './tester-input.ts';

const ownRows = (member: Member) =>
  and(eq(testerRequests.teamId, member.teamId), eq(testerRequests.memberId, member.memberId));

/** The member's recent requests in the tester. Never those of others, regardless of role. */
export async function listTesterRequests({ db, member }: { db: Queryable; member: Member }) {
  authorize(member, 'tester.use.own');
  return db
    .select({
      id: testerRequests.id,
      at: testerRequests.at,
      keyId: credentials.keyId,
      keyName: credentials.name,
      environment: credentials.environment,
      endpointId: endpoints.id,
      apiSlug: apis.slug,
      method: endpoints.method,
      path: endpoints.path,
      status: sql<number | null>`(${testerRequests.input}->'answer'->>'status')::int`,
      timeMs: sql<number | null>`(${testerRequests.input}->'answer'->>'timeMs')::int`,
    })
    .from(testerRequests)
    .innerJoin(
      credentials,
      and(eq(credentials.id, testerRequests.credentialId), eq(credentials.teamId, testerRequests.teamId)),
    )
    .innerJoin(endpoints, eq(endpoints.id, testerRequests.endpointId))
    .innerJoin(apis, eq(apis.id, endpoints.apiId))
    .where(ownRows(member))
    .orderBy(desc(testerRequests.at))
    .limit(REQUESTS_KEPT);
}

export type PastRequest = Awaited<ReturnType<typeof listTesterRequests>>[number];

/** The values of one of the member's own requests, to fill in the form. Null if there is none. */
export async function readTesterRequest(
  { db, member }: { db: Queryable; member: Member },
  input: { id: string },
): Promise<TesterValues | null> {
  authorize(member, 'tester.use.own');
  const [row] = await db
    .select({ input: testerRequests.input })
    .from(testerRequests)
    .where(and(ownRows(member), eq(testerRequests.id, input.id)));
  return StoredRequest.safeParse(row?.input).data?.values ?? null;
}
