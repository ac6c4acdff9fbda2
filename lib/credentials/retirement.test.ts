import { eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { openAdmission } from '#lib/admission/admission.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { aCall } from '#tests/support/usage-rows.ts';
import { credentialStatus } from './credential-status.ts';
import { endRetirementNow } from './end-retirement.ts';
import { extendRetirement } from './extend-retirement.ts';
import { startRetirements } from './start-retirement.ts';

const HOUR_MS = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS);
const epochOf = async (db: Db) => (await db.select().from(accessEpoch))[0]!.epoch;
const rowOf = async (db: Db, id: string) =>
  (await db.select().from(credentials).where(eq(credentials.id, id)))[0]!;
const linesOf = async (db: Db) =>
  (await auditTrail(db)).map(({ action, subjectId, after }) => ({ action, subjectId, after }));

/** A rotated key and its successor. */
async function aPair(
  db: Db,
  values: Partial<typeof credentials.$inferInsert> = {},
  role: 'admin' | 'member' = 'admin',
) {
  const member = await aMember(db, role);
  const app = await anApplication(db, member);
  const own = role === 'member' ? { memberId: member.memberId } : {};
  const fresh = await aCredential(db, app);
  const old = await aCredential(db, app, {
    ...own,
    ...{ successorId: fresh.id, rotatedAt: inHours(-1), retiresAt: inHours(2), name: 'Old' },
    ...values,
  });
  return { member, app, fresh, old, keyId: old.keyId };
}

describe('ending now', () => {
  test(
    'revokes the old key with a receipt, and leaves its successor alone',
    withDb(async (db) => {
      const { member, old, fresh, keyId } = await aPair(db);
      const before = await epochOf(db);
      expect(await endRetirementNow({ db, member }, { keyId })).toMatchObject({
        ...{ ok: true, receipt: { epoch: before + 1 } },
      });
      expect(await rowOf(db, old.id)).toMatchObject({ status: 'revoked', revokedBy: member.memberId });
      expect((await rowOf(db, fresh.id)).status).toBe('active');
      expect(await linesOf(db)).toMatchObject([{ action: 'credential.revoke', subjectId: keyId }]);
      expect(await endRetirementNow({ db, member }, { keyId })).toEqual({ ok: false, reason: 'over' });
    }),
  );

  test(
    'works only for rotated keys that still work',
    withDb(async (db) => {
      const { member, fresh } = await aPair(db);
      const { keyId } = fresh;
      expect(await endRetirementNow({ db, member }, { keyId })).toEqual({ ok: false, reason: 'not_rotated' });
      expect((await rowOf(db, fresh.id)).status).toBe('active');
      const { member: other, keyId: over, old } = await aPair(db, { retiresAt: inHours(-1) });
      expect(await endRetirementNow({ db, member: other }, { keyId: over })).toEqual({
        ...{ ok: false, reason: 'over' },
      });
      expect((await rowOf(db, old.id)).status).toBe('active');
    }),
  );
});

describe('extending', () => {
  test(
    'sets a later end from now and notifies the gateways',
    withDb(async (db) => {
      const { member, old, keyId } = await aPair(db);
      const before = await epochOf(db);
      const result = await extendRetirement({ db, member }, { keyId, until: '7d' });
      const [clock] = await db.execute<{ now: string }>(sql`select now()`);
      const expected = new Date(new Date(clock!.now).getTime() + 168 * HOUR_MS);
      expect(result).toEqual({ ok: true, retiresAt: expected });
      expect((await rowOf(db, old.id)).retiresAt).toEqual(expected);
      expect(await epochOf(db)).toBe(before + 1);
      expect(await linesOf(db)).toMatchObject([
        { action: 'credential.extend_retirement', after: { retiresAt: expected.toISOString() } },
      ]);
    }),
  );

  test(
    'extends at most to the key’s own expiration',
    withDb(async (db) => {
      const expiresAt = inHours(48);
      const { member, keyId } = await aPair(db, { expiresAt });
      const longer = () => extendRetirement({ db, member }, { keyId, until: '30d' });
      expect(await longer()).toEqual({ ok: true, retiresAt: expiresAt });
      expect(await longer()).toEqual({ ok: false, reason: 'at_expiry' });
    }),
  );

  test.each([
    ['an earlier end', { retiresAt: inHours(100) }, 'not_later'],
    ['an expired key, which would be reactivated', { retiresAt: inHours(-0.1) }, 'over'],
    ['a revoked key', { status: 'revoked', revokedAt: new Date() }, 'over'],
    [
      'a key that waits for the first use of its successor',
      { retiresAt: null, retiresAfterFirstUse: true },
      'not_started',
    ],
    ['a key without a successor', { successorId: null, rotatedAt: null, retiresAt: null }, 'not_rotated'],
  ] as const)('refuses %s', (_what, values, reason) =>
    withDb(async (db) => {
      const { member, old, keyId } = await aPair(db, values);
      const before = [await rowOf(db, old.id), await epochOf(db)];
      expect(await extendRetirement({ db, member }, { keyId, until: '24h' })).toEqual({ ok: false, reason });
      expect([await rowOf(db, old.id), await epochOf(db)]).toEqual(before);
    })(),
  );
});

describe.each([
  ['ending', (db: Db, member: never, keyId: string) => endRetirementNow({ db, member }, { keyId })],
  [
    'extending',
    (db: Db, member: never, keyId: string) => extendRetirement({ db, member }, { keyId, until: '7d' }),
  ],
] as const)('%s', (_name, act) => {
  test(
    "another team's key looks absent; members can only change their own",
    withDb(async (db) => {
      const { keyId, old } = await aPair(db);
      const mine = await aPair(db, {}, 'member');
      const stranger = (await aMember(db, 'owner')) as never; // Not in the types of the table above.
      const absent = { ok: false, reason: 'not_found' };
      expect(await act(db, stranger, keyId)).toEqual(absent);
      const others = await aCredential(db, mine.app, {
        ...{
          successorId: (await aCredential(db, mine.app)).id,
          rotatedAt: new Date(),
          retiresAt: inHours(2),
        },
      });
      expect(await act(db, mine.member as never, others.keyId)).toEqual(absent);
      expect(await act(db, mine.member as never, mine.keyId)).toMatchObject({ ok: true });
      expect((await rowOf(db, old.id)).retiresAt).toEqual(old.retiresAt);
      const visitor = { ...mine.member, role: 'visitor' } as never; // No such role exists.
      await expect(act(db, visitor, keyId)).rejects.toThrow(Forbidden);
    }),
  );
});

describe('the end after the first use', () => {
  const waiting = { retiresAt: null, retiresAfterFirstUse: true };

  test(
    'is 30 days after the successor’s first accepted request, set once, and audited as the system',
    withDb(async (db) => {
      const { old, fresh, keyId } = await aPair(db, waiting);
      const before = await epochOf(db);
      expect(await startRetirements({ db })).toBe(0);
      await aCall(db, fresh, { at: inHours(-9), outcome: 'refused', status: 403, reason: 'ip_not_allowed' });
      await aCall(db, fresh, { at: inHours(-8), via: 'tester' });
      expect(await startRetirements({ db })).toBe(0);
      const firstUse = inHours(-5);
      await aCall(db, fresh, { at: firstUse });
      await aCall(db, fresh, { at: inHours(-1) });

      expect(await startRetirements({ db })).toBe(1);

      const end = new Date(firstUse.getTime() + 30 * 24 * HOUR_MS);
      expect((await rowOf(db, old.id)).retiresAt).toEqual(end);
      expect(await epochOf(db)).toBe(before + 1);
      expect(await auditTrail(db)).toMatchObject([
        {
          ...{ actor: 'system', action: 'credential.start_retirement', subjectId: keyId, teamId: old.teamId },
          after: { retiresAt: end.toISOString(), firstUseOf: fresh.keyId },
        },
      ]);
      expect(await startRetirements({ db })).toBe(0);
    }),
  );

  test(
    'is never after the key’s own expiration; revoked keys and keys with a fixed end get none',
    withDb(async (db) => {
      const expiresAt = inHours(3);
      const short = await aPair(db, { ...waiting, expiresAt });
      const revoked = await aPair(db, { ...waiting, status: 'revoked', revokedAt: new Date() });
      const fixed = await aPair(db);
      for (const { fresh } of [short, revoked, fixed]) await aCall(db, fresh);
      expect(await startRetirements({ db })).toBe(1);
      expect((await rowOf(db, short.old.id)).retiresAt).toEqual(expiresAt);
      expect((await rowOf(db, revoked.old.id)).retiresAt).toBeNull();
    }),
  );
});

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('concurrent processes set an end once', async () => {
  const { db } = own;
  const { fresh } = await aPair(db, { retiresAt: null, retiresAfterFirstUse: true });
  await aCall(db, fresh, { id: v7() });
  const started = await Promise.all(Array.from({ length: 8 }, () => startRetirements({ db })));
  expect(started.reduce((sum, count) => sum + count)).toBe(1);
});

test.each([
  ['a rotation', (sqlEnd: ReturnType<typeof sql>) => ({ retiresAt: sqlEnd })],
  ['its expiration', (sqlEnd: ReturnType<typeof sql>) => ({ retiresAt: null, expiresAt: sqlEnd })],
])('%s expires a key to the second, by the database clock', async (_what, end) => {
  const { db } = own;
  const { old } = await aPair(db, { retiresAt: null });
  const [row] = await db
    .update(credentials)
    .set(end(sql`date_trunc('milliseconds', now()) + interval '1 second'`))
    .where(eq(credentials.id, old.id))
    .returning();
  const endsAt = (row?.retiresAt ?? row?.expiresAt)!.getTime();

  const seen: [before: boolean, expired: boolean][] = [];
  for (let passed = 0; passed < 3; ) {
    const [state] = await db
      .select({ at: sql`now()`.mapWith(credentials.createdAt), status: credentialStatus })
      .from(credentials)
      .where(eq(credentials.id, old.id));
    const before = state!.at.getTime() < endsAt;
    seen.push([before, state!.status === 'expired']);
    if (!before) passed++;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(seen.every(([before, expired]) => before !== expired)).toBe(true);
  expect(seen.some(([before]) => before)).toBe(true);

  const admission = openAdmission({ sql: own.sql, mayUseCache: () => false });
  expect((await admission.find(old.keyId))?.expiresAtMs).toBeCloseTo(endsAt, -1);
});
