import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import { teamLimits, teams } from '#db/schema/teams.ts';
import { usageDaily } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { maskedSecret, sharedKeyOf } from './format.ts';
import { nextEnd, ownLiveKey } from './issue-own-key.ts';

/**
 * The actor's own key (null for none) with its team and app. `requestsToday` are the requests of all their own keys
 * that counted toward the team's quota this UTC day; `endpoints` is how many endpoints the key can call.
 */
export async function readOwnKey({ db, member }: { db: Queryable; member: Member }) {
  authorize(member, 'credential.view.own');
  const [key, team, app, requestsToday] = await Promise.all([
    readKey(db, member),
    readTeam(db, member),
    readDefaultApp(db, member),
    readRequestsToday(db, member),
  ]);
  return { key, team, app, requestsToday };
}

export type OwnKey = NonNullable<Awaited<ReturnType<typeof readKey>>>;

async function readKey(db: Queryable, member: Member) {
  const [row] = await db
    .select({
      keyId: credentials.keyId,
      name: credentials.name,
      environment: credentials.environment,
      status: sql<'active' | 'paused'>`${credentials.status}`,
      secretLastFour: credentials.secretLastFour,
      allowedIps: credentials.allowedIps,
      allowedDomains: credentials.allowedDomains,
      originRequired: credentials.originRequired,
      createdAt: credentials.createdAt,
      expiresAt: credentials.expiresAt,
      expired: sql<boolean>`coalesce(${credentials.expiresAt} <= now(), false)`,
      /** When a key regenerated now would expire. */
      nextEnd,
      lastUsedAt: sql<Date | null>`(select max(${usageDaily.lastUsedAt}) from ${usageDaily}
        where ${usageDaily.credentialId} = credentials.id)`.mapWith(asDate),
    })
    .from(credentials)
    .where(ownLiveKey(member));
  if (!row) return null;
  const { secretLastFour, ...key } = row;
  return {
    ...key,
    sharedKey: sharedKeyOf(key.environment, key.keyId),
    secretMask: maskedSecret(key.environment, secretLastFour),
  };
}

/** Drizzle maps columns but not expressions. Nulls stay null. */
const asDate = (value: string | Date): Date | null => new Date(value);

async function readTeam(db: Queryable, member: Member) {
  const [row] = await db
    .select({ name: teams.name, apiId: teams.apiId, dailyQuota: teamLimits.dailyQuota })
    .from(teams)
    .innerJoin(teamLimits, eq(teamLimits.teamId, teams.id))
    .where(eq(teams.id, member.teamId));
  return row!; // A member has a team.
}

async function readDefaultApp(db: Queryable, member: Member) {
  const [row] = await db
    .select({
      appId: applications.publicId,
      title: applications.title,
      archivedAt: applications.archivedAt,
      /** Connected and in the catalog. */
      endpoints: sql<number>`count(${apis.id})::int`,
    })
    .from(applications)
    .leftJoin(applicationEndpoints, eq(applicationEndpoints.applicationId, applications.id))
    .leftJoin(endpoints, and(eq(endpoints.id, applicationEndpoints.endpointId), isNull(endpoints.removedAt)))
    .leftJoin(apis, and(eq(apis.id, endpoints.apiId), isNull(apis.removedAt)))
    .where(and(eq(applications.teamId, member.teamId), eq(applications.isDefault, true)))
    .groupBy(applications.id);
  return row ?? null;
}

async function readRequestsToday(db: Queryable, member: Member): Promise<number> {
  const [row] = await db
    .select({ requests: sql<number>`coalesce(sum(${usageDaily.requests}), 0)`.mapWith(Number) })
    .from(usageDaily)
    .where(
      and(
        eq(usageDaily.teamId, member.teamId),
        eq(usageDaily.memberId, member.memberId),
        eq(usageDaily.day, sql`(now() at time zone 'utc')::date`),
      ),
    );
  return row?.requests ?? 0;
}
