import { and, desc, eq, lt, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import { usageDaily } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { maskedSecret, sharedKeyOf } from './format.ts';
import { reach } from './reach.ts';

export const CREDENTIALS_PAGE = 100;

export type CredentialStatus = 'active' | 'paused' | 'expired' | 'revoked';

/**
 * An application's credentials, newest first, `CREDENTIALS_PAGE` at a time; `before` is the `id` of the last
 * one seen. A member sees his own. Requests are those that drew on the quota, errors those of them that failed.
 */
export async function listCredentials(
  { db, member }: { db: Queryable; member: Member },
  { appId, before }: { appId: string; before?: string },
) {
  const mine = reach(member, 'credential.view');
  const sums = db
    .select({
      credentialId: usageDaily.credentialId,
      requests: sql<string>`sum(${usageDaily.requests})`.as('requests'),
      errors: sql<string>`sum(${usageDaily.errors})`.as('errors'),
      lastUsedAt: sql`max(${usageDaily.lastAt})`.mapWith(usageDaily.lastAt).as('last_used_at'),
    })
    .from(usageDaily)
    .innerJoin(
      applications,
      and(eq(applications.id, usageDaily.applicationId), eq(applications.teamId, usageDaily.teamId)),
    )
    .where(and(eq(usageDaily.teamId, member.teamId), eq(applications.publicId, appId)))
    .groupBy(usageDaily.credentialId)
    .as('sums');

  const rows = await db
    .select({
      id: credentials.id,
      keyId: credentials.keyId,
      name: credentials.name,
      description: credentials.description,
      environment: credentials.environment,
      // Revoked outlives expired: it says who ended the key.
      status: sql<CredentialStatus>`case
        when ${credentials.status} = 'revoked' then 'revoked'
        when ${credentials.expiresAt} <= now() then 'expired'
        else ${credentials.status}::text end`,
      secretLastFour: credentials.secretLastFour,
      allowedIps: credentials.allowedIps,
      allowedDomains: credentials.allowedDomains,
      createdAt: credentials.createdAt,
      expiresAt: credentials.expiresAt,
      revokedAt: credentials.revokedAt,
      lastUsedAt: sums.lastUsedAt,
      requests: sql<number>`coalesce(${sums.requests}, 0)`.mapWith(Number),
      errors: sql<number>`coalesce(${sums.errors}, 0)`.mapWith(Number),
    })
    .from(credentials)
    .innerJoin(
      applications,
      and(eq(applications.id, credentials.applicationId), eq(applications.teamId, credentials.teamId)),
    )
    .leftJoin(sums, eq(sums.credentialId, credentials.id))
    .where(and(mine, eq(applications.publicId, appId), before ? lt(credentials.id, before) : undefined))
    .orderBy(desc(credentials.id))
    .limit(CREDENTIALS_PAGE + 1);

  const page = rows.slice(0, CREDENTIALS_PAGE).map(({ secretLastFour, ...row }) => ({
    ...row,
    sharedKey: sharedKeyOf(row.environment, row.keyId),
    secretMask: maskedSecret(row.environment, secretLastFour),
  }));
  return { credentials: page, older: rows.length > CREDENTIALS_PAGE ? page.at(-1)!.id : null };
}

export type ListedCredential = Awaited<ReturnType<typeof listCredentials>>['credentials'][number];
