import { and, eq, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import { usageDaily } from '#db/schema/usage.ts';
import { credentialEnd, credentialStatus } from './credential-status.ts';
import { maskedSecret, sharedKeyOf } from './format.ts';

const SPARKLINE_DAYS = 7;

const successors = alias(credentials, 'successors');

/** The owner of a key: the member whose own key it is, otherwise the member who created it. */
export const keyOwnerId: SQL<string | null> = sql<
  string | null
>`coalesce(${credentials.memberId}, ${credentials.createdBy})`;

/** Which keys, in which order, and how many. `where` includes the team. */
export type Choice = { where: SQL | undefined; orderBy: SQL[]; limit: number };

/**
 * Keys with everything that a table or a page shows. They are selected first, so usage is summed only for those.
 * `requests` counted toward the quota, `errors` are those of them that failed, `days` are the last seven UTC days.
 */
export async function keyRows(db: Queryable, { where, orderBy, limit }: Choice) {
  const order = sql.join(orderBy, sql`, `);
  const chosen = db
    .select({ id: credentials.id, place: sql<string>`row_number() over (order by ${order})`.as('place') })
    .from(credentials)
    .innerJoin(applications, eq(applications.id, credentials.applicationId))
    .where(where)
    .orderBy(...orderBy)
    .limit(limit)
    .as('chosen');
  const sums = db
    .select({
      requests: sql<number>`coalesce(sum(${usageDaily.requests}), 0)::float8`.as('requests'),
      errors: sql<number>`coalesce(sum(${usageDaily.errors}), 0)::float8`.as('errors'),
      refused: sql<number>`coalesce(sum(${usageDaily.refused}), 0)::float8`.as('refused'),
      lastUsedAt: sql`max(${usageDaily.lastUsedAt})`.mapWith(usageDaily.lastUsedAt).as('last_used_at'),
    })
    .from(usageDaily)
    .where(eq(usageDaily.credentialId, chosen.id))
    .as('sums');

  const rows = await db
    .select({
      id: credentials.id,
      keyId: credentials.keyId,
      name: credentials.name,
      description: credentials.description,
      environment: credentials.environment,
      status: credentialStatus,
      secretLastFour: credentials.secretLastFour,
      appId: applications.publicId,
      appTitle: applications.title,
      appArchivedAt: applications.archivedAt,
      memberId: credentials.memberId,
      ownerId: members.id,
      ownerName: users.name,
      ownerEmail: users.email,
      allowedIps: credentials.allowedIps,
      allowedDomains: credentials.allowedDomains,
      originRequired: credentials.originRequired,
      dailyLimit: credentials.dailyLimit,
      createdAt: credentials.createdAt,
      expiresAt: credentials.expiresAt,
      endsAt: sql`${credentialEnd}`.mapWith(credentials.expiresAt),
      pausedAt: credentials.pausedAt,
      revokedAt: credentials.revokedAt,
      revokedBy: credentials.revokedBy,
      rotatedAt: credentials.rotatedAt,
      retiresAt: credentials.retiresAt,
      retiresAfterFirstUse: credentials.retiresAfterFirstUse,
      exposedAt: credentials.exposedAt,
      successorKeyId: successors.keyId,
      requests: sums.requests,
      errors: sums.errors,
      refused: sums.refused,
      lastUsedAt: sums.lastUsedAt,
      days: sql<number[]>`array(
        select coalesce(d.requests, 0) from generate_series(${SPARKLINE_DAYS - 1}::int, 0, -1) as back
        left join usage_daily d on d.credential_id = ${credentials.id}
          and d.day = (now() at time zone 'utc')::date - back
        order by back desc)`,
    })
    .from(chosen)
    .innerJoin(credentials, eq(credentials.id, chosen.id))
    .innerJoin(
      applications,
      and(eq(applications.id, credentials.applicationId), eq(applications.teamId, credentials.teamId)),
    )
    .leftJoin(members, and(eq(members.id, keyOwnerId), eq(members.teamId, credentials.teamId)))
    .leftJoin(users, eq(users.id, members.userId))
    .leftJoin(
      successors,
      and(eq(successors.id, credentials.successorId), eq(successors.teamId, credentials.teamId)),
    )
    .leftJoinLateral(sums, sql`true`)
    .orderBy(chosen.place);

  return rows.map(({ secretLastFour, requests, errors, refused, ...row }) => ({
    ...row,
    // An aggregate returns one row even without input, so no sum is missing.
    ...{ requests: requests ?? 0, errors: errors ?? 0, refused: refused ?? 0 },
    sharedKey: sharedKeyOf(row.environment, row.keyId),
    secretMask: maskedSecret(row.environment, secretLastFour),
  }));
}

export type KeyRow = Awaited<ReturnType<typeof keyRows>>[number];
