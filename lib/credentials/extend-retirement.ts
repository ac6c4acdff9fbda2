import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import { raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { credentialScope } from './credential-scope.ts';
import { credentialStatus } from './credential-status.ts';
import { OneCredential } from './input.ts';

/** From now, in hours. */
export const EXTENSIONS = { '24h': 24, '7d': 168, '30d': 720 } as const;

export const ExtendRetirement = OneCredential.extend({
  until: z.enum(['24h', '7d', '30d'], { error: 'Choose how long the old key keeps working.' }),
});

type Extended =
  | { ok: true; retiresAt: Date }
  | { ok: false; reason: 'not_found' | 'not_rotated' | 'over' | 'not_started' }
  /** `not_later`: it already works for that long. `at_expiry`: its own expiration comes first. */
  | { ok: false; reason: 'not_later' | 'at_expiry' };

/** Lets a rotated key work longer, but never past its own expiration. An expired key can't be extended. */
export async function extendRetirement(
  { db, member }: { db: Queryable; member: Member },
  { keyId, until }: z.output<typeof ExtendRetirement>,
): Promise<Extended> {
  const mine = and(credentialScope(member, 'credential.rotate'), eq(credentials.keyId, keyId));

  return db.transaction(async (tx) => {
    const [row] = await tx
      .select({
        id: credentials.id,
        name: credentials.name,
        status: credentialStatus,
        successorId: credentials.successorId,
        retiresAt: credentials.retiresAt,
        endsWithExpiry: sql<boolean>`coalesce(${credentials.retiresAt} >= ${credentials.expiresAt}, false)`,
      })
      .from(credentials)
      .where(mine)
      .for('no key update');
    if (!row) return { ok: false, reason: 'not_found' };
    if (!row.successorId) return { ok: false, reason: 'not_rotated' };
    if (row.status === 'revoked' || row.status === 'expired') return { ok: false, reason: 'over' };
    if (!row.retiresAt) return { ok: false, reason: 'not_started' };
    if (row.endsWithExpiry) return { ok: false, reason: 'at_expiry' };

    const later = sql`least(${credentials.expiresAt}, now() + make_interval(hours => ${EXTENSIONS[until]}))`;
    const [extended] = await tx
      .update(credentials)
      .set({ retiresAt: later })
      .where(
        and(
          eq(credentials.id, row.id),
          eq(credentials.teamId, member.teamId),
          sql`${credentials.retiresAt} < ${later}`,
        ),
      )
      .returning({ retiresAt: sql<Date>`${credentials.retiresAt}`.mapWith(credentials.retiresAt) });
    if (!extended) return { ok: false, reason: 'not_later' };

    await recordAudit(
      tx,
      member,
      'credential.extend_retirement',
      { kind: 'credential', id: keyId },
      {
        before: { name: row.name, retiresAt: row.retiresAt.toISOString() },
        after: { name: row.name, retiresAt: extended.retiresAt.toISOString() },
      },
    );
    // Nothing to wait for, but gateways have the earlier end cached.
    await raiseEpoch(tx, { kind: 'credential', id: row.id });
    return { ok: true, retiresAt: extended.retiresAt };
  });
}
