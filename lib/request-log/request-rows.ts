import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { applications } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import { usageRecords } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { can } from '#lib/access/permissions.ts';

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
  /** Whose own key it was; null for an app's. */
  memberName: sql<
    string | null
  >`(select ${users.name} from ${members} join ${users} on ${users.id} = ${members.userId} where ${members.id} = ${usageRecords.memberId})`,
};

export type LoggedRequest = {
  id: string;
  at: Date;
  method: string;
  path: string;
  outcome: 'open' | 'answered' | 'aborted' | 'refused' | 'unknown';
  status: number | null;
  reason: string | null;
  latencyMs: number | null;
  environment: 'development' | 'staging' | 'production';
  clientIp: string;
  via: 'api' | 'tester';
  appId: string;
  appTitle: string;
  keyId: string;
  keyName: string;
  memberName: string | null;
};

/** The team's calls; for those who may not see them all, the ones made with their own keys. */
export function visibleTo(member: Member): SQL | undefined {
  return and(
    eq(usageRecords.teamId, member.teamId),
    can(member, 'usage.view') ? undefined : eq(usageRecords.memberId, member.memberId),
  );
}

/** The requests of these ids that a member may see, the newest first. */
export async function readRows(
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
    .where(and(visibleTo(member), idIn(ids)));
  return rows.sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** Rows with all that goes into a file, in the order of `readRows`. */
export async function readExportRows(db: Queryable, member: Member, ids: readonly string[]) {
  if (ids.length === 0) return [];
  const rows = await db
    .select({
      ...requestColumns,
      counted: usageRecords.counted,
      day: usageRecords.day,
      upstreamMs: usageRecords.upstreamMs,
      bytesIn: usageRecords.bytesIn,
      bytesOut: usageRecords.bytesOut,
      userAgent: usageRecords.userAgent,
      apiSlug: apis.slug,
      template: endpoints.path,
    })
    .from(usageRecords)
    .innerJoin(applications, eq(applications.id, usageRecords.applicationId))
    .innerJoin(credentials, eq(credentials.id, usageRecords.credentialId))
    .leftJoin(endpoints, eq(endpoints.id, usageRecords.endpointId))
    .leftJoin(apis, eq(apis.id, endpoints.apiId))
    .where(and(visibleTo(member), idIn(ids)));
  return rows.sort((a, b) => (a.id < b.id ? 1 : -1));
}

export type ExportedRequest = Awaited<ReturnType<typeof readExportRows>>[number];

/** As one value, not as thousands; the bounds tell PostgreSQL which days it is about. */
function idIn(ids: readonly string[]): SQL {
  const sorted = [...ids].sort();
  const list = `{${sorted.join(',')}}`;
  return sql`${usageRecords.id} = any (${list}::uuid[]) and ${usageRecords.id} between ${sorted[0]!} and ${sorted.at(-1)!}`;
}
