import { and, eq, notInArray, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { plainText } from '#lib/access/text.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { credentialScope } from './credential-scope.ts';
import { credentialStatus } from './credential-status.ts';
import type { IssuedKeys } from './format.ts';
import { OneCredential } from './input.ts';
import { lockMembership } from './issue-own-key.ts';
import { predecessors } from './key-chain.ts';
import { inherited, makeSuccessor, type OldKeyEnd } from './make-successor.ts';
import { NAME_MAX, successorName } from './successor-name.ts';

/** How long the old key keeps working, in hours. `30d_after_first_use` counts from the new key's first request. */
export const OVERLAPS = { '0': 0, '1h': 1, '24h': 24, '7d': 168, '30d_after_first_use': null } as const;
export type Overlap = keyof typeof OVERLAPS;

export const RotateCredential = OneCredential.extend({
  /** If empty, the name is the old one with the date. */
  name: plainText('name', { max: NAME_MAX }).default(''),
  overlap: z.enum(['0', '1h', '24h', '7d', '30d_after_first_use'], {
    error: 'Choose how long the old key keeps working.',
  }),
});

/** `receipt` is null unless the old key was revoked immediately. */
type Rotated =
  | { ok: true; keys: IssuedKeys; retiresAt: Date | null; receipt: Receipt | null }
  | { ok: false; reason: 'not_found' | 'already_revoked' | 'expired' | 'archived' }
  /** Only the member can rotate their own key: nobody else sees its secret. */
  | { ok: false; reason: 'own_key_of_another' | 'not_active' }
  /** `keyId`: the key that replaced it, or the one it replaced. At most two keys of a chain work at once. */
  | { ok: false; reason: 'already_rotated' | 'predecessor_works'; keyId: string };

/**
 * Creates a key's successor, whose secret is returned once, and sets when the old key expires. The row lock serializes
 * rotations of one key: the second finds it rotated.
 */
export async function rotateCredential(
  { db, member }: { db: Queryable; member: Member },
  input: z.output<typeof RotateCredential>,
): Promise<Rotated> {
  const mine = and(credentialScope(member, 'credential.rotate'), eq(credentials.keyId, input.keyId));

  const change = await db.transaction(async (tx) => {
    const refused = await lockForSuccessor(tx, member, mine);
    if (refused) return refused;
    const [old] = await tx
      .select({
        ...inherited,
        status: credentialStatus,
        successorId: credentials.successorId,
        archivedAt: applications.archivedAt,
        today: sql<Date>`now()`.mapWith(credentials.createdAt),
      })
      .from(credentials)
      .innerJoin(applications, eq(applications.id, credentials.applicationId))
      .where(mine)
      .for('no key update', { of: credentials });
    if (!old) return { ok: false, reason: 'not_found' } as const;
    const { status, successorId, archivedAt, today, ...left } = old;
    if (successorId)
      return { ok: false, reason: 'already_rotated', keyId: await keyIdOf(tx, successorId) } as const;
    if (status === 'revoked') return { ok: false, reason: 'already_revoked' } as const;
    if (status === 'expired') return { ok: false, reason: 'expired' } as const;
    if (archivedAt) return { ok: false, reason: 'archived' } as const;
    const before = await workingPredecessor(tx, left.id);
    if (before) return { ok: false, reason: 'predecessor_works', keyId: before } as const;

    const name = input.name || successorName(left.name, 'rotated', today);
    const { id: _, ...keys } = await makeSuccessor(tx, member, left, name, endOf(input.overlap, member));
    const [{ retiresAt } = { retiresAt: null }] = await tx
      .select({ retiresAt: credentials.retiresAt })
      .from(credentials)
      .where(mine);
    await recordAudit(
      tx,
      member,
      'credential.rotate',
      { kind: 'credential', id: input.keyId },
      { after: { name: left.name, overlap: input.overlap, replacedBy: keys.keyId } },
    );
    await recordAudit(
      tx,
      member,
      'credential.issue',
      { kind: 'credential', id: keys.keyId },
      { after: { name, environment: keys.environment, replaces: input.keyId } },
    );
    const epoch = await raiseEpoch(tx, { kind: 'credential', id: left.id });
    return { ok: true, keys, retiresAt, epoch } as const;
  });
  if (!change.ok) return change;

  // A future end is further away than any lease, so there is nothing to wait for.
  const receipt = input.overlap === '0' ? await confirmEpoch(db, change.epoch) : null;
  return { ok: true, keys: change.keys, retiresAt: change.retiresAt, receipt };
}

function endOf(overlap: Overlap, { memberId }: Member): OldKeyEnd {
  const hours = OVERLAPS[overlap];
  if (hours === null) return { retiresAfterFirstUse: true };
  if (hours === 0) return { status: 'revoked', revokedAt: sql`now()`, revokedBy: memberId };
  return { retiresAt: sql`least(${credentials.expiresAt}, now() + make_interval(hours => ${hours}))` };
}

/**
 * Checked before a key's row is locked: only the member can rotate an own key, and the actor's membership is locked
 * first, as everywhere. Null if both hold.
 */
export async function lockForSuccessor(tx: Queryable, member: Member, mine: SQL | undefined) {
  const [row] = await tx.select({ memberId: credentials.memberId }).from(credentials).where(mine);
  if (!row) return { ok: false, reason: 'not_found' } as const;
  if (row.memberId !== null && row.memberId !== member.memberId)
    return { ok: false, reason: 'own_key_of_another' } as const;
  return (await lockMembership(tx, member)) ? null : ({ ok: false, reason: 'not_active' } as const);
}

async function keyIdOf(tx: Queryable, id: string): Promise<string> {
  const [row] = await tx.select({ keyId: credentials.keyId }).from(credentials).where(eq(credentials.id, id));
  return row!.keyId; // Guaranteed by a foreign key.
}

/** An earlier key of the chain that still works. Keys between the two may be revoked. */
async function workingPredecessor(tx: Queryable, id: string): Promise<string | null> {
  const [row] = await tx
    .select({ keyId: credentials.keyId })
    .from(credentials)
    .where(
      and(
        sql`${credentials.id} in (${predecessors(sql`${id}`)})`,
        notInArray(credentialStatus, ['revoked', 'expired']),
      ),
    )
    .limit(1);
  return row?.keyId ?? null;
}
