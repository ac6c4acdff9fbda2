import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { applications } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import { usageRecords } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import type { LoggedRequest } from './types.ts';
import { visibleTo } from './visibility.ts';

/** The columns of a row in the log. */
export const requestColumns = {
  id: usageRecords.id,
  at: usageRecords.at,
  method: usageRecords.method,
  path: usageRecords.path,
  outcome: usageRecords.outcome,
  status: usageRecords.status,
  reason: usageRecords.reason,
  latencyMs: usageRecords.latencyMs,
  environment: usageRecords.environment,
  clientIp: usageRecords.clientIp,
  via: usageRecords.via,
  appId: applications.publicId,
  appTitle: applications.title,
  keyId: credentials.keyId,
  keyName: credentials.name,
  memberName: sql<
    string | null
  >`(select ${users.name} from ${members} join ${users} on ${users.id} = ${members.userId} where ${members.id} = ${usageRecords.memberId})`,
};

/** Requests with every recorded detail, their endpoint and API. The condition includes `visibleTo`. */
export const readDetails = (db: Queryable, where: SQL | undefined) =>
  db
    .select({
      ...requestColumns,
      counted: usageRecords.counted,
      day: usageRecords.day,
      upstreamMs: usageRecords.upstreamMs,
      bytesIn: usageRecords.bytesIn,
      bytesOut: usageRecords.bytesOut,
      userAgent: usageRecords.userAgent,
      /** Requests in this row: more than one only for rejected requests beyond a rate per key. */
      requests: usageRecords.requests,
      nodeId: usageRecords.nodeId,
      endpointId: usageRecords.endpointId,
      credentialId: usageRecords.credentialId,
      apiSlug: apis.slug,
      apiTitle: apis.title,
      template: endpoints.path,
      summary: endpoints.summary,
    })
    .from(usageRecords)
    .innerJoin(applications, eq(applications.id, usageRecords.applicationId))
    .innerJoin(credentials, eq(credentials.id, usageRecords.credentialId))
    .leftJoin(endpoints, eq(endpoints.id, usageRecords.endpointId))
    .leftJoin(apis, eq(apis.id, endpoints.apiId))
    .where(where);

/** The requests with these IDs that a member can see, newest first. */
export async function readRequests(
  db: Queryable,
  member: Member,
  ids: readonly string[],
): Promise<LoggedRequest[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .select(requestColumns)
    .from(usageRecords)
    .innerJoin(applications, eq(applications.id, usageRecords.applicationId))
    .innerJoin(credentials, eq(credentials.id, usageRecords.credentialId))
    .where(and(visibleTo(member), hasId(ids)));
  return rows.sort(newestFirst);
}

/** The same with the columns of an export. */
export async function readExportedRequests(db: Queryable, member: Member, ids: readonly string[]) {
  if (ids.length === 0) return [];
  const rows = await readDetails(db, and(visibleTo(member), hasId(ids)));
  return rows
    .sort(newestFirst)
    .map(
      ({ nodeId: _, endpointId: __, credentialId: ___, apiTitle: ____, summary: _____, ...exported }) =>
        exported,
    );
}

export type ExportedRequest = Awaited<ReturnType<typeof readExportedRequests>>[number];

const newestFirst = (a: { id: string }, b: { id: string }) => (a.id < b.id ? 1 : -1);

/** One array parameter instead of thousands; the bounds let PostgreSQL skip the partitions of other days. */
function hasId(ids: readonly string[]): SQL {
  const sorted = [...ids].sort();
  const list = `{${sorted.join(',')}}`;
  return sql`${usageRecords.id} = any (${list}::uuid[]) and ${usageRecords.id} between ${sorted[0]!} and ${sorted.at(-1)!}`;
}
