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

/** Looked through again at every catching up: commits become visible later than their `now()`. */
const OVERLAP_MS = 600_000;
const CHUNK = 1_000;

/**
 * Keys revoked for ever, kept outside the database too, so that a restored backup can't revive one. Appended to before
 * a gateway acknowledges the revocation; several processes may append, and a key may stand there more than once.
 */
export async function openRevocationJournal(path: string) {
  const known = new Set((await readJournal(path)).map(({ keyId }) => keyId));
  let since = new Date(0);

  async function append(rows: { keyId: string; revokedAt: Date | null }[]): Promise<void> {
    const fresh = rows.filter(({ keyId, revokedAt }) => revokedAt !== null && !known.has(keyId));
    if (fresh.length === 0) return;
    // A line break first: whatever a crash cut short before stays a line of its own.
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
    /** Whether a key is known to be revoked for ever, whatever the database says after a restore. */
    holds: (keyId: string): boolean => known.has(keyId),
    /** A credential has changed: notes it if it is revoked. */
    async note(db: Queryable, id: string): Promise<void> {
      const isRevoked = and(eq(credentials.id, id), eq(credentials.status, 'revoked'));
      await append(await db.select(columns).from(credentials).where(isRevoked));
    },
    /** Anything may have changed: notes what was revoked since it was last asked. */
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

/** Revokes again what the journal says and the database does not. Answers the ids of those keys. */
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

/** Of the journal's keys those that the database takes for live. */
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

/** Each key once, as first noted. A line that can't be read was cut short by a crash before it was acknowledged. */
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
