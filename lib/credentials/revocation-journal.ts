import { open, readFile } from 'node:fs/promises';
import { and, eq, inArray, ne, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import { raiseEpoch } from '#lib/access/epoch.ts';
import { recordAudit } from '#lib/audit/record.ts';

/** File in DATA_DIR. */
export const REVOCATIONS = 'revocations.jsonl';

const Line = z.object({ keyId: z.string().regex(/^[0-9A-Za-z]{16}$/), revokedAt: z.iso.datetime() });
type Line = z.output<typeof Line>;

/** How far back to look again each time: commits become visible later than their `now()`. */
const OVERLAP_MS = 600_000;
const CHUNK = 1_000;

/**
 * Revoked keys, also kept outside the database, so that a restored backup can't reactivate one. Written before a gateway
 * acknowledges the revocation. Several processes can append, and a key can be listed more than once.
 */
export async function openRevocationJournal(path: string) {
  const known = new Set((await readJournal(path)).map(({ keyId }) => keyId));
  let since = new Date(0);

  async function append(rows: { keyId: string; revokedAt: Date | null }[]): Promise<void> {
    const fresh = rows.filter(({ keyId, revokedAt }) => revokedAt !== null && !known.has(keyId));
    if (fresh.length === 0) return;
    // A line break first, so that a line cut short by a crash stays separate.
    const text = fresh.map(
      ({ keyId, revokedAt }) => `\n${JSON.stringify({ keyId, revokedAt: revokedAt?.toISOString() })}\n`,
    );
    const file = await open(path, 'a', 0o600);
    try {
      await file.write(text.join(''));
      await file.datasync();
    } finally {
      await file.close();
    }
    for (const { keyId } of fresh) known.add(keyId);
  }

  const columns = { keyId: credentials.keyId, revokedAt: credentials.revokedAt };
  return {
    /** Whether a key is known to be revoked, whatever a restored database says. */
    holds: (keyId: string): boolean => known.has(keyId),
    /** A credential has changed: records it if it is revoked. */
    async note(db: Queryable, id: string): Promise<void> {
      const isRevoked = and(eq(credentials.id, id), eq(credentials.status, 'revoked'));
      await append(await db.select(columns).from(credentials).where(isRevoked));
    },
    /** Anything can have changed: records what was revoked since the last check. */
    async catchUp(db: Queryable): Promise<void> {
      const begun = new Date(Date.now() - OVERLAP_MS);
      const isNew = and(
        eq(credentials.status, 'revoked'),
        sql`${credentials.revokedAt} >= ${since.toISOString()}::timestamptz`,
      );
      await append(await db.select(columns).from(credentials).where(isNew));
      since = begun;
    },
  };
}

/** Revokes the keys that are in the journal but not revoked in the database. Returns their IDs. */
export async function replayRevocations(db: Queryable, path: string): Promise<string[]> {
  const again: string[] = [];
  for (const { keyId, revokedAt } of await revived(db, await readJournal(path))) {
    await db.transaction(async (tx) => {
      const [row] = await tx
        .update(credentials)
        .set({ status: 'revoked', revokedAt: new Date(revokedAt) })
        .where(and(eq(credentials.keyId, keyId), ne(credentials.status, 'revoked')))
        .returning({ id: credentials.id, teamId: credentials.teamId, name: credentials.name });
      if (!row) return; // Another process was first.
      const after = { name: row.name, reason: 'revoked before the backup was restored' };
      await recordAudit(
        tx,
        'system',
        'credential.revoke',
        { kind: 'credential', id: keyId },
        { after, teamId: row.teamId },
      );
      await raiseEpoch(tx, { kind: 'credential', id: row.id });
      again.push(keyId);
    });
  }
  return again;
}

/** The journal's keys that are not revoked in the database. */
async function revived(db: Queryable, journal: Line[]): Promise<Line[]> {
  const live = new Set<string>();
  for (let i = 0; i < journal.length; i += CHUNK) {
    const keyIds = journal.slice(i, i + CHUNK).map(({ keyId }) => keyId);
    const rows = await db
      .select({ keyId: credentials.keyId })
      .from(credentials)
      .where(and(inArray(credentials.keyId, keyIds), ne(credentials.status, 'revoked')));
    for (const { keyId } of rows) live.add(keyId);
  }
  return journal.filter(({ keyId }) => live.has(keyId));
}

/** Each key once, as first recorded. An invalid line was cut short by a crash before it was acknowledged. */
async function readJournal(path: string): Promise<Line[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = new Map<string, Line>();
  for (const each of text.split('\n')) {
    if (each === '') continue;
    const line = Line.safeParse(parsed(each));
    if (line.success && !lines.has(line.data.keyId)) lines.set(line.data.keyId, line.data);
  }
  return [...lines.values()];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
