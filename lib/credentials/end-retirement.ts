import { and, eq, isNotNull, notInArray, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { credentialScope } from './credential-scope.ts';
import { credentialStatus } from './credential-status.ts';
import type { OneCredential } from './input.ts';

type Ended = { ok: true; receipt: Receipt } | { ok: false; reason: 'not_found' | 'not_rotated' | 'over' };

/** Revokes a rotated key before it expires. It is rejected everywhere once the receipt is returned. */
export async function endRetirementNow(
  { db, member }: { db: Queryable; member: Member },
  { keyId }: z.output<typeof OneCredential>,
): Promise<Ended> {
  const mine = and(credentialScope(member, 'credential.rotate'), eq(credentials.keyId, keyId));

  const epoch = await db.transaction(async (tx) => {
    const [row] = await tx
      .update(credentials)
      .set({ status: 'revoked', revokedAt: sql`now()`, revokedBy: member.memberId })
      .where(
        and(mine, isNotNull(credentials.successorId), notInArray(credentialStatus, ['revoked', 'expired'])),
      )
      .returning({ id: credentials.id, name: credentials.name });
    if (!row) return null;
    const subject = { kind: 'credential' as const, id: keyId };
    const after = { name: row.name, rotation: 'ended early' };
    await recordAudit(tx, member, 'credential.revoke', subject, { after });
    return raiseEpoch(tx, { kind: 'credential', id: row.id });
  });
  if (epoch !== null) return { ok: true, receipt: await confirmEpoch(db, epoch) };

  const [row] = await db.select({ successorId: credentials.successorId }).from(credentials).where(mine);
  if (!row) return { ok: false, reason: 'not_found' };
  return { ok: false, reason: row.successorId ? 'over' : 'not_rotated' };
}
