import { and, eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { credentialScope } from './credential-scope.ts';
import type { OneCredential } from './input.ts';

type Paused =
  | { ok: true; receipt: Receipt }
  | { ok: false; reason: 'not_found' | 'already_paused' | 'already_revoked' };

/** Pauses a key until it is resumed. It is rejected everywhere once the receipt is returned. */
export async function pauseCredential(
  { db, member }: { db: Queryable; member: Member },
  { keyId }: z.output<typeof OneCredential>,
): Promise<Paused> {
  const mine = and(credentialScope(member, 'credential.pause'), eq(credentials.keyId, keyId));

  const epoch = await db.transaction(async (tx) => {
    const [row] = await tx
      .update(credentials)
      .set({ status: 'paused', pausedAt: sql`now()` })
      .where(and(mine, eq(credentials.status, 'active')))
      .returning({ id: credentials.id, name: credentials.name });
    if (!row) return null;
    const subject = { kind: 'credential' as const, id: keyId };
    await recordAudit(tx, member, 'credential.pause', subject, { after: { name: row.name } });
    return raiseEpoch(tx, { kind: 'credential', id: row.id });
  });
  if (epoch !== null) return { ok: true, receipt: await confirmEpoch(db, epoch) };

  const [row] = await db.select({ status: credentials.status }).from(credentials).where(mine);
  if (!row) return { ok: false, reason: 'not_found' };
  return { ok: false, reason: row.status === 'revoked' ? 'already_revoked' : 'already_paused' };
}
