import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import { raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { credentialScope } from './credential-scope.ts';
import type { OneCredential } from './input.ts';

type Resumed = { ok: true } | { ok: false; reason: 'not_found' | 'already_active' | 'already_revoked' };

/** Activates a paused key. A revoked key stays revoked. */
export async function resumeCredential(
  { db, member }: { db: Queryable; member: Member },
  { keyId }: z.output<typeof OneCredential>,
): Promise<Resumed> {
  const mine = and(credentialScope(member, 'credential.pause'), eq(credentials.keyId, keyId));

  return db.transaction(async (tx) => {
    const [row] = await tx
      .update(credentials)
      .set({ status: 'active', pausedAt: null })
      .where(and(mine, eq(credentials.status, 'paused')))
      .returning({ id: credentials.id, name: credentials.name });
    if (!row) {
      const [other] = await tx.select({ status: credentials.status }).from(credentials).where(mine);
      if (!other) return { ok: false, reason: 'not_found' };
      return { ok: false, reason: other.status === 'revoked' ? 'already_revoked' : 'already_active' };
    }
    const subject = { kind: 'credential' as const, id: keyId };
    await recordAudit(tx, member, 'credential.resume', subject, { after: { name: row.name } });
    // Nothing to wait for, but gateways have the key cached as paused.
    await raiseEpoch(tx, { kind: 'credential', id: row.id });
    return { ok: true };
  });
}
