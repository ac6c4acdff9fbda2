import { and, eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import type { IssuedKeys } from './format.ts';
import type { OneCredential } from './input.ts';
import { insertOwnKey, lockMembership, nextEnd, ownLiveKey } from './issue-own-key.ts';

type Regenerated =
  | { ok: true; keys: IssuedKeys; receipt: Receipt }
  | { ok: false; reason: 'not_active' | 'not_found' | 'already_revoked' };

/**
 * Replaces the actor's own key. The old one is rejected everywhere once the receipt is returned. The new one has the
 * same environment, restrictions and expiration. `keyId` is the key to replace, so a repeated request replaces it once.
 */
export async function regenerateOwnKey(
  { db, member }: { db: Queryable; member: Member },
  { keyId }: z.output<typeof OneCredential>,
): Promise<Regenerated> {
  authorize(member, 'credential.issue.own');

  const change = await db.transaction(async (tx) => {
    if (!(await lockMembership(tx, member))) return { ok: false, reason: 'not_active' } as const;
    const [old] = await tx
      .update(credentials)
      .set({ status: 'revoked', revokedAt: sql`now()`, revokedBy: member.memberId })
      .where(and(ownLiveKey(member), eq(credentials.keyId, keyId)))
      .returning({
        id: credentials.id,
        applicationId: credentials.applicationId,
        name: credentials.name,
        environment: credentials.environment,
        allowedIps: credentials.allowedIps,
        allowedDomains: credentials.allowedDomains,
        originRequired: credentials.originRequired,
        dailyLimit: credentials.dailyLimit,
        // Replacing a key must not remove the expiration that an owner or admin has set.
        expiresAt: nextEnd,
      });
    if (!old) return { ok: false, reason: await whyNot(tx, member, keyId) } as const;

    const { id, ...kept } = old;
    const keys = await insertOwnKey(tx, member, id, kept);
    const { name, environment } = keys;
    await recordAudit(
      tx,
      member,
      'credential.regenerate',
      { kind: 'credential', id: keyId },
      { after: { name, replacedBy: keys.keyId } },
    );
    await recordAudit(
      tx,
      member,
      'credential.issue',
      { kind: 'credential', id: keys.keyId },
      { after: { name, environment, own: true, replaces: keyId } },
    );
    return { ok: true, keys, epoch: await raiseEpoch(tx, { kind: 'credential', id }) } as const;
  });
  if (!change.ok) return change;

  return { ok: true, keys: change.keys, receipt: await confirmEpoch(db, change.epoch) };
}

async function whyNot(tx: Queryable, member: Member, keyId: string) {
  const own = and(
    eq(credentials.teamId, member.teamId),
    eq(credentials.memberId, member.memberId),
    eq(credentials.keyId, keyId),
  );
  return (await tx.$count(credentials, own)) > 0 ? 'already_revoked' : 'not_found';
}
