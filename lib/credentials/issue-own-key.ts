import { and, desc, eq, isNull, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { credentials, environment } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { openDefaultApp } from '#lib/applications/open-default-app.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { type IssuedKeys, mintKeyPair } from './format.ts';

export const IssueOwnKey = z.object({
  environment: z.enum(environment.enumValues, { error: 'Choose an environment.' }).default('development'),
});

type Issued =
  | { ok: true; appId: string; keys: IssuedKeys }
  | { ok: false; reason: 'not_active' | 'archived' | 'has_one' };

/** Issues the actor's own key in the team's Default app, unless they have one. The secret is returned once. */
export async function issueOwnKey(
  { db, member }: { db: Queryable; member: Member },
  input: z.output<typeof IssueOwnKey>,
): Promise<Issued> {
  authorize(member, 'credential.issue.own');

  return db.transaction(async (tx) => {
    if (!(await lockMembership(tx, member))) return { ok: false, reason: 'not_active' };
    const application = await openDefaultApp(tx, member);
    if (application.archivedAt) return { ok: false, reason: 'archived' };
    if ((await tx.$count(credentials, ownLiveKey(member))) > 0) return { ok: false, reason: 'has_one' };

    const { last, bounds } = await lastOwnKey(tx, member);
    const keys = await insertOwnKey(tx, member, last, {
      ...bounds,
      applicationId: application.id,
      // At most 60 characters, like every key's name.
      name: `${member.name.slice(0, 50)}, own key`,
      environment: input.environment,
    });
    const after = { name: keys.name, environment: keys.environment, own: true };
    await recordAudit(tx, member, 'credential.issue', { kind: 'credential', id: keys.keyId }, { after });
    return { ok: true, appId: application.appId, keys };
  });
}

/** The last own key and its limits: revoking a key and generating another must not remove them. */
async function lastOwnKey(tx: Queryable, member: Member) {
  const [row] = await tx
    .select({ id: credentials.id, dailyLimit: credentials.dailyLimit, expiresAt: nextEnd })
    .from(credentials)
    .where(and(eq(credentials.teamId, member.teamId), eq(credentials.memberId, member.memberId)))
    .orderBy(desc(credentials.id))
    .limit(1);
  if (!row) return { last: null, bounds: {} };
  const { id, ...bounds } = row;
  return { last: id, bounds };
}

/**
 * When a replacement expires: with the old key if that is still ahead, otherwise after the same lifetime, so that
 * waiting does not remove the limit. In seconds: days of an interval would follow daylight saving time.
 */
export const nextEnd =
  sql<Date | null>`case when ${credentials.expiresAt} > now() then ${credentials.expiresAt}
  else now() + make_interval(secs => extract(epoch from ${credentials.expiresAt} - ${credentials.createdAt})::float8) end`.mapWith(
    credentials.expiresAt,
  );

/** The condition for a member's own key that is neither revoked nor rotated. There is at most one. */
export const ownLiveKey = (member: Member) =>
  and(
    eq(credentials.teamId, member.teamId),
    eq(credentials.memberId, member.memberId),
    ne(credentials.status, 'revoked'),
    isNull(credentials.successorId),
  );

/**
 * Locks an active membership until commit, so that issuing a key to a member and removing that member are
 * serialized. False if the membership is not active.
 */
export async function lockMembership(tx: Queryable, member: Member): Promise<boolean> {
  const [row] = await tx
    .select({ id: members.id })
    .from(members)
    .where(
      and(eq(members.id, member.memberId), eq(members.teamId, member.teamId), eq(members.status, 'active')),
    )
    .for('no key update');
  return row !== undefined;
}

type Values = Pick<typeof credentials.$inferInsert, 'applicationId' | 'name' | 'environment'> &
  Partial<
    Pick<
      typeof credentials.$inferInsert,
      'allowedIps' | 'allowedDomains' | 'originRequired' | 'dailyLimit' | 'expiresAt'
    >
  >;

/**
 * Generates and stores a member's own key pair, with the limits that an owner or admin has set. `replaced` is the
 * revoked key before it: as its successor, the new key shares its daily limit.
 */
export async function insertOwnKey(
  tx: Queryable,
  member: Member,
  replaced: string | null,
  values: Values,
): Promise<IssuedKeys> {
  const { name, environment } = values;
  const { keyId, sharedKey, secretKey, secretDigest, secretLastFour } = mintKeyPair(environment);
  const [made] = await tx
    .insert(credentials)
    .values({
      ...values,
      ...{ teamId: member.teamId, memberId: member.memberId, createdBy: member.memberId },
      ...{ keyId, secretDigest, secretLastFour },
    })
    .returning({ id: credentials.id });
  if (replaced)
    await tx
      .update(credentials)
      .set({ successorId: made!.id, rotatedAt: sql`now()` })
      .where(
        and(
          eq(credentials.id, replaced),
          eq(credentials.teamId, member.teamId),
          isNull(credentials.successorId),
        ),
      );
  return { keyId, name, environment, sharedKey, secretKey, expiresAt: values.expiresAt ?? null };
}
