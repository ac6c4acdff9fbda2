import { and, asc, eq, isNotNull, isNull, ne, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import { usageRecords } from '#db/schema/usage.ts';
import { raiseEpoch } from '#lib/access/epoch.ts';
import { recordAudit } from '#lib/audit/record.ts';

/** After the new key's first request. */
const RETIREMENT_DAYS = 30;

/**
 * Sets when rotated keys expire whose successor has been used: `RETIREMENT_DAYS` after its first accepted request.
 * Several processes can run this at once. Returns how many keys it changed.
 */
export async function startRetirements({ db }: { db: Queryable }): Promise<number> {
  const successor = alias(credentials, 'successor');
  const waiting = await db
    .select({ id: credentials.id, successorId: successor.id, successorKeyId: successor.keyId })
    .from(credentials)
    .innerJoin(successor, eq(successor.id, credentials.successorId))
    // The condition on `successor_id` lets its index find the few rotated keys.
    .where(and(isNotNull(credentials.successorId), isWaiting));

  let started = 0;
  for (const { id, successorId, successorKeyId } of waiting) {
    const firstUseAt = await firstUse(db, successorId);
    if (firstUseAt && (await start(db, id, firstUseAt, successorKeyId))) started++;
  }
  return started;
}

const isWaiting = and(
  eq(credentials.retiresAfterFirstUse, true),
  isNull(credentials.retiresAt),
  ne(credentials.status, 'revoked'),
);

/** An accepted request of a client. Rejected requests and those of the API Tester don't count as use. */
async function firstUse(db: Queryable, credentialId: string): Promise<Date | null> {
  const [call] = await db
    .select({ at: usageRecords.at })
    .from(usageRecords)
    .where(
      and(
        eq(usageRecords.credentialId, credentialId),
        ne(usageRecords.outcome, 'refused'),
        ne(usageRecords.via, 'tester'),
      ),
    )
    .orderBy(asc(usageRecords.id))
    .limit(1);
  return call?.at ?? null;
}

async function start(db: Queryable, id: string, firstUseAt: Date, successorKeyId: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const end = sql`${firstUseAt.toISOString()}::timestamptz + make_interval(hours => ${RETIREMENT_DAYS * 24})`;
    const [row] = await tx
      .update(credentials)
      .set({ retiresAt: sql`least(${credentials.expiresAt}, ${end})` })
      .where(and(eq(credentials.id, id), isWaiting))
      .returning({
        teamId: credentials.teamId,
        keyId: credentials.keyId,
        name: credentials.name,
        retiresAt: credentials.retiresAt,
      });
    if (!row) return false;
    const { teamId, keyId, name, retiresAt } = row;
    await recordAudit(
      tx,
      'system',
      'credential.start_retirement',
      { kind: 'credential', id: keyId },
      { teamId, after: { name, retiresAt: retiresAt?.toISOString(), firstUseOf: successorKeyId } },
    );
    await raiseEpoch(tx, { kind: 'credential', id });
    return true;
  });
}
