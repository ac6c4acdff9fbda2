import { and, eq, isNull, ne, or, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import { raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { recordAudit } from '#lib/audit/record.ts';

/** Whether to keep or revoke the app keys a departing member created. Their own keys are always revoked. */
type ApplicationKeys = 'keep' | 'revoke';

/**
 * Marks a member as removed and permanently revokes their keys, each with an audit event. The rows stay, so that logs
 * and audit events keep the name. Returns the epoch to confirm after the commit, and how many keys were revoked.
 */
export async function endMembership(
  tx: Queryable,
  actor: Member,
  memberId: string,
  applicationKeys: ApplicationKeys,
): Promise<{ epoch: number; revoked: number }> {
  await tx
    .update(members)
    .set({ status: 'removed', statusAt: sql`now()` })
    .where(and(eq(members.teamId, actor.teamId), eq(members.id, memberId)));

  const own = eq(credentials.memberId, memberId);
  const made = and(isNull(credentials.memberId), eq(credentials.createdBy, memberId));
  const revoked = await tx
    .update(credentials)
    .set({ status: 'revoked', revokedAt: sql`now()`, revokedBy: actor.memberId })
    .where(
      and(
        eq(credentials.teamId, actor.teamId),
        applicationKeys === 'revoke' ? or(own, made) : own,
        ne(credentials.status, 'revoked'),
      ),
    )
    .returning({ id: credentials.id, keyId: credentials.keyId, name: credentials.name });
  for (const { keyId, name } of revoked)
    await recordAudit(tx, actor, 'credential.revoke', { kind: 'credential', id: keyId }, { after: { name } });

  for (const { id } of revoked) await raiseEpoch(tx, { kind: 'credential', id });
  return { epoch: await raiseEpoch(tx, { kind: 'member', id: memberId }), revoked: revoked.length };
}
