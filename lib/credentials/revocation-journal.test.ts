import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { auditEvents } from '#db/schema/audit.ts';
import { credentials } from '#db/schema/credentials.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { openRevocationJournal, REVOCATIONS, replayRevocations } from './revocation-journal.ts';
import { revokeCredential } from './revoke-credential.ts';

let own: OwnDatabase;
let folder: string;
let path: string;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-journal-'));
  path = join(folder, REVOCATIONS);
});
afterEach(() => rm(folder, { recursive: true }));

async function aKey() {
  const member = await aMember(own.db, 'owner');
  const key = await aCredential(own.db, await anApplication(own.db, member));
  return { ...key, revoke: () => revokeCredential({ db: own.db, member }, { keyId: key.keyId }) };
}
const rowOf = async ({ id }: { id: string }) =>
  (await own.db.select().from(credentials).where(eq(credentials.id, id)))[0]!;
const lines = async () => (await readFile(path, 'utf8')).split('\n').filter(Boolean);

/** Simulates a restored backup from before the revocation: no trigger runs. */
const restore = ({ id }: { id: string }) =>
  own.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`update credentials set status = 'active', revoked_at = null, revoked_by = null where id = ${id}`;
  });

test('only revoked keys are in the journal, once each', async () => {
  const [revoked, active] = [await aKey(), await aKey()];
  const journal = await openRevocationJournal(path);
  await revoked.revoke();
  for (const { id } of [revoked, active, revoked]) await journal.note(own.db, id);

  expect(await lines()).toHaveLength(1);
  expect(await lines()).toEqual([expect.stringContaining(revoked.keyId)]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, 'utf8')).not.toContain(revoked.secretKey);
});

test('a restored backup does not reactivate a key: it is revoked again with its date, and audited', async () => {
  const revoked = await aKey();
  const journal = await openRevocationJournal(path);
  await revoked.revoke();
  await journal.note(own.db, revoked.id);
  const before = await rowOf(revoked);
  await restore(revoked);
  const [epoch] = await own.db.select().from(accessEpoch);

  expect(await replayRevocations(own.db, path)).toEqual([revoked.keyId]);

  expect(await rowOf(revoked)).toMatchObject({ status: 'revoked', revokedAt: before.revokedAt });
  const [after] = await own.db.select().from(accessEpoch);
  expect(after!.epoch).toBeGreaterThan(epoch!.epoch);
  const events = await auditTrail(own.db, eq(auditEvents.subjectId, revoked.keyId));
  expect(events.at(-1)).toMatchObject({
    actor: 'system',
    action: 'credential.revoke',
    teamId: revoked.teamId,
  });
  expect(await replayRevocations(own.db, path), 'again').toEqual([]);
});

test('of several processes that start concurrently, one revokes it', async () => {
  const revoked = await aKey();
  const journal = await openRevocationJournal(path);
  await revoked.revoke();
  await journal.note(own.db, revoked.id);
  await restore(revoked);

  const again = await Promise.all(Array.from({ length: 5 }, () => replayRevocations(own.db, path)));

  expect(again.flat()).toEqual([revoked.keyId]);
});

test('keys revoked while no process was listening are recorded later', async () => {
  const [before, since] = [await aKey(), await aKey()];
  await before.revoke();
  const journal = await openRevocationJournal(path);
  await journal.catchUp(own.db);
  await since.revoke();
  await journal.catchUp(own.db);

  const text = await readFile(path, 'utf8');
  for (const { keyId } of [before, since]) expect(text.split(keyId)).toHaveLength(2);
});

test('a line cut short by a crash is skipped, but not the ones after it', async () => {
  const [first, second] = [await aKey(), await aKey()];
  await first.revoke();
  await second.revoke();
  const journal = await openRevocationJournal(path);
  await journal.note(own.db, first.id);
  await appendFile(path, '\n{"keyId":"0123');
  await journal.note(own.db, second.id);
  await appendFile(path, '\nnull\n[1]\n{"keyId":"not one","revokedAt":""}\n');
  await restore(first);
  await restore(second);

  expect((await replayRevocations(own.db, path)).sort()).toEqual([first.keyId, second.keyId].sort());
});

test('without a journal nothing happens, and a key that is not in the database is skipped', async () => {
  expect(await replayRevocations(own.db, path)).toEqual([]);
  await appendFile(path, `{"keyId":"${'0'.repeat(16)}","revokedAt":"2026-01-01T00:00:00.000Z"}\n`);
  expect(await replayRevocations(own.db, path)).toEqual([]);
});
