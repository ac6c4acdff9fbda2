import { and, eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import type { Member } from '#lib/access/member.ts';
import { can } from '#lib/access/permissions.ts';
import { type IssuedKeys, mintKeyPair } from './format.ts';

/** What a replacement inherits from a key. */
export const inherited = {
  id: credentials.id,
  applicationId: credentials.applicationId,
  memberId: credentials.memberId,
  name: credentials.name,
  description: credentials.description,
  environment: credentials.environment,
  allowedIps: credentials.allowedIps,
  allowedDomains: credentials.allowedDomains,
  originRequired: credentials.originRequired,
  dailyLimit: credentials.dailyLimit,
};
type Inherited = Pick<typeof credentials.$inferSelect, keyof typeof inherited>;

/** How the old key ends: columns of its row, set in the same transaction. */
export type OldKeyEnd = Pick<
  PgUpdateSetSource<typeof credentials>,
  'status' | 'revokedAt' | 'revokedBy' | 'retiresAt' | 'retiresAfterFirstUse'
>;

/** In seconds, by the database clock: days of an interval would follow daylight saving time. */
const sameLifetime = sql`now() + make_interval(secs => extract(epoch from old.expires_at - old.created_at)::float8)`;

/**
 * Creates the replacement of a key whose row the caller has locked: with the same application, member,
 * environment, restrictions and limit. If an owner or admin rotates, it has the same lifetime as the old one, from
 * now; otherwise it expires when the old one would have.
 */
export async function makeSuccessor(
  tx: Queryable,
  member: Member,
  { id: oldId, memberId, ...old }: Inherited,
  name: string,
  oldKeyEnd: OldKeyEnd = {},
): Promise<IssuedKeys & { id: string }> {
  const { sharedKey, secretKey, ...stored } = mintKeyPair(old.environment);
  const [made] = await tx
    .insert(credentials)
    .values({
      ...old,
      ...stored,
      ...{ name, teamId: member.teamId, createdBy: member.memberId },
      expiresAt: sql`(select ${can(member, 'credential.rotate') ? sameLifetime : sql`old.expires_at`}
        from ${credentials} old where old.id = ${oldId})`,
    })
    .returning({ id: credentials.id, expiresAt: credentials.expiresAt });
  await tx
    .update(credentials)
    .set({ successorId: made!.id, rotatedAt: sql`now()`, ...oldKeyEnd })
    .where(and(eq(credentials.id, oldId), eq(credentials.teamId, member.teamId)));
  // Only now: a member can have one own key, so the old one needs its successor first.
  if (memberId)
    await tx
      .update(credentials)
      .set({ memberId })
      .where(and(eq(credentials.id, made!.id), eq(credentials.teamId, member.teamId)));

  const { keyId } = stored;
  return { ...made!, keyId, name, environment: old.environment, sharedKey, secretKey };
}
