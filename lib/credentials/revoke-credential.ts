import { and, eq, ne, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { credentialScope } from './credential-scope.ts';
import type { OneCredential } from './input.ts';

type Revoked =
  | { ok: true; receipt: Receipt }
  | { ok: false; reason: 'not_found' }
  | { ok: false; reason: 'already_revoked'; revokedAt: Date };

/** Revokes a key permanently. It is rejected everywhere once the receipt is returned. The row is kept for the logs. */
export async function revokeCredential(
  { db, member }: { db: Queryable; member: Member },
  { keyId }: z.output<typeof OneCredential>,
): Promise<Revoked> {
  const mine = and(credentialScope(member, 'credential.revoke'), eq(credentials.keyId, keyId));

  const epoch = await db.transaction(async (tx) => {
    const [row] = await tx
      .update(credentials)
      .set({ status: 'revoked', revokedAt: sql`now()`, revokedBy: member.memberId })
      .where(and(mine, ne(credentials.status, 'revoked')))
      .returning({ id: credentials.id, name: credentials.name });
    if (!row) return null;
    const subject = { kind: 'credential' as const, id: keyId };
    await recordAudit(tx, member, 'credential.revoke', subject, { after: { name: row.name } });
    return raiseEpoch(tx, { kind: 'credential', id: row.id });
  });
  if (epoch !== null) return { ok: true, receipt: await confirmEpoch(db, epoch) };

  const [row] = await db.select({ revokedAt: credentials.revokedAt }).from(credentials).where(mine);
  return row?.revokedAt
    ? { ok: false, reason: 'already_revoked', revokedAt: row.revokedAt }
    : { ok: false, reason: 'not_found' };
}
