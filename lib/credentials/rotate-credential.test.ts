import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { members } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Member } from '#lib/access/member.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { digestSecret } from './format.ts';
import { issueOwnKey } from './issue-own-key.ts';
import { readOwnKey } from './read-own-key.ts';
import { type Overlap, RotateCredential, rotateCredential } from './rotate-credential.ts';

const HOUR_MS = 3_600_000;
const rowOf = async (db: Db, id: string) =>
  (await db.select().from(credentials).where(eq(credentials.id, id)))[0]!;
const rowOfKey = async (db: Db, keyId: string) =>
  (await db.select().from(credentials).where(eq(credentials.keyId, keyId)))[0]!;
const epochOf = async (db: Db) => (await db.select().from(accessEpoch))[0]!.epoch;
const nowOf = async (db: Db) =>
  new Date((await db.execute<{ now: string }>(sql`select now()`))[0]!.now).getTime();

async function aKey(db: Db, values: Partial<typeof credentials.$inferInsert> = {}) {
  const member = await aMember(db, 'admin');
  const app = await anApplication(db, member);
  return { member, app, key: await aCredential(db, app, values) };
}

const rotate = (db: Db, member: Member, keyId: string, overlap: Overlap = '24h', name = '') =>
  rotateCredential({ db, member }, RotateCredential.parse({ keyId, overlap, name }));

async function rotated(db: Db, member: Member, keyId: string, overlap: Overlap = '24h', name = '') {
  const result = await rotate(db, member, keyId, overlap, name);
  if (!result.ok) throw new Error(result.reason);
  return result;
}

test(
  'the successor has everything of the old key but its name, ID and secret, which is returned once',
  withDb(async (db) => {
    const kept = {
      ...{ environment: 'production' as const, description: 'In the shop', dailyLimit: 50 },
      ...{ allowedIps: ['203.0.113.9'], allowedDomains: ['*.example.com'] },
    };
    const { member, app, key } = await aKey(db, { ...kept, name: 'Shop' });

    const { keys, receipt } = await rotated(db, member, key.keyId);

    const [old, fresh] = [await rowOf(db, key.id), await rowOfKey(db, keys.keyId)];
    expect(fresh).toMatchObject({
      ...kept,
      ...{ applicationId: app.id, memberId: null, createdBy: member.memberId, status: 'active' },
      ...{ expiresAt: null, successorId: null, rotatedAt: null, retiresAt: null },
      secretDigest: digestSecret(keys.secretKey),
    });
    expect(fresh.name).toMatch(/^Shop \(rotated \d{4}-\d\d-\d\d\)$/);
    expect(old).toMatchObject({ id: key.id, name: 'Shop', status: 'active', successorId: fresh.id });
    expect(receipt).toBeNull();
    const lines = await auditTrail(db);
    expect(lines).toMatchObject([
      {
        ...{ action: 'credential.rotate', subjectId: key.keyId, teamId: member.teamId },
        after: { overlap: '24h', replacedBy: keys.keyId },
      },
      { action: 'credential.issue', subjectId: keys.keyId, after: { replaces: key.keyId } },
    ]);
    expect(JSON.stringify([lines, old, fresh])).not.toContain(keys.secretKey);
  }),
);

test(
  'a given name is used, and an empty one is not',
  withDb(async (db) => {
    const { member, key } = await aKey(db);
    expect((await rotated(db, member, key.keyId, '1h', 'Shop, second')).keys.name).toBe('Shop, second');
    for (const name of ['x'.repeat(61), 'two\nlines', key.secretKey])
      expect(RotateCredential.safeParse({ keyId: key.keyId, overlap: '1h', name }).success, name).toBe(false);
    expect(RotateCredential.safeParse({ keyId: key.keyId, overlap: '90d' }).success).toBe(false);
  }),
);

describe('the old key', () => {
  test.each([
    ['1h', 1],
    ['24h', 24],
    ['7d', 168],
  ] as const)('ends after %s by the database’s clock, and gateways are notified', (overlap, hours) =>
    withDb(async (db) => {
      const { member, key } = await aKey(db);
      const before = await epochOf(db);

      const { retiresAt } = await rotated(db, member, key.keyId, overlap);

      const row = await rowOf(db, key.id);
      expect(row.retiresAt?.getTime()).toBe((await nowOf(db)) + hours * HOUR_MS);
      expect(retiresAt).toEqual(row.retiresAt);
      expect(row).toMatchObject({ status: 'active', retiresAfterFirstUse: false });
      expect(await epochOf(db)).toBe(before + 1);
    })(),
  );

  test(
    'never works past its own expiration',
    withDb(async (db) => {
      const expiresAt = new Date(Date.now() + 2 * HOUR_MS);
      const { member, key } = await aKey(db, { expiresAt });
      expect((await rotated(db, member, key.keyId, '7d')).retiresAt).toEqual(expiresAt);
    }),
  );

  test(
    'without an overlap is revoked immediately, with a receipt',
    withDb(async (db) => {
      const { member, key } = await aKey(db);
      const before = await epochOf(db);

      const { receipt } = await rotated(db, member, key.keyId, '0');

      expect(receipt).toMatchObject({ epoch: before + 1 });
      expect(await rowOf(db, key.id)).toMatchObject({ status: 'revoked', revokedBy: member.memberId });
    }),
  );

  test(
    'waits for the first use of the new one if requested, and stays paused',
    withDb(async (db) => {
      const { member, key } = await aKey(db, { status: 'paused', pausedAt: new Date() });
      const { keys } = await rotated(db, member, key.keyId, '30d_after_first_use');
      expect(await rowOf(db, key.id)).toMatchObject({
        ...{ status: 'paused', retiresAt: null, retiresAfterFirstUse: true },
      });
      expect(await rowOfKey(db, keys.keyId)).toMatchObject({ status: 'active', pausedAt: null });
    }),
  );
});

describe('the lifetime', () => {
  const days = (count: number) => count * 24 * HOUR_MS;

  test(
    'of a key with an expiration is as long as the old one’s',
    withDb(async (db) => {
      const createdAt = new Date(Date.now() - days(60));
      const { member, key } = await aKey(db, {
        createdAt,
        expiresAt: new Date(createdAt.getTime() + days(90)),
      });
      const { keys } = await rotated(db, member, key.keyId);
      expect(keys.expiresAt?.getTime()).toBe((await nowOf(db)) + days(90));
      expect((await rowOfKey(db, keys.keyId)).expiresAt).toEqual(keys.expiresAt);
    }),
  );

  test(
    'of an own key can’t be extended by a member',
    withDb(async (db) => {
      const member = await aMember(db, 'member');
      const app = await anApplication(db, member);
      const expiresAt = new Date(Date.now() + days(3));
      const key = await aCredential(db, app, { memberId: member.memberId, expiresAt });
      expect((await rotated(db, member, key.keyId)).keys.expiresAt).toEqual(expiresAt);
    }),
  );
});

test(
  'a revoked, expired, rotated or archived key is not rotated, and nothing changes',
  withDb(async (db) => {
    const { member, app, key } = await aKey(db);
    const revoked = await aCredential(db, app, { status: 'revoked', revokedAt: new Date() });
    const expired = await aCredential(db, app, { expiresAt: new Date(Date.now() - 1_000) });
    const { keys } = await rotated(db, member, key.keyId, '0');
    const [epoch, count] = [await epochOf(db), await db.$count(credentials)];
    const refused = (keyId: string) => rotate(db, member, keyId);

    expect(await refused(revoked.keyId)).toEqual({ ok: false, reason: 'already_revoked' });
    expect(await refused(expired.keyId)).toEqual({ ok: false, reason: 'expired' });
    expect(await refused(key.keyId)).toEqual({ ok: false, reason: 'already_rotated', keyId: keys.keyId });
    await db.update(applications).set({ archivedAt: new Date() }).where(eq(applications.id, app.id));
    expect(await refused(keys.keyId)).toEqual({ ok: false, reason: 'archived' });
    expect([await epochOf(db), await db.$count(credentials)]).toEqual([epoch, count]);
  }),
);

test(
  'a chain grows once the previous key has expired: at most two keys work at a time',
  withDb(async (db) => {
    const { member, key } = await aKey(db, { name: 'Shop' });
    const second = await rotated(db, member, key.keyId, '7d');

    expect(await rotate(db, member, second.keys.keyId)).toEqual({
      ...{ ok: false, reason: 'predecessor_works', keyId: key.keyId },
    });
    await db
      .update(credentials)
      .set({ retiresAt: new Date(Date.now() - 1_000) })
      .where(eq(credentials.id, key.id));
    const third = await rotated(db, member, second.keys.keyId, '7d');

    expect((await rowOfKey(db, second.keys.keyId)).successorId).toBe(
      (await rowOfKey(db, third.keys.keyId)).id,
    );
    expect(third.keys.name).toMatch(/^Shop \(rotated \d{4}-\d\d-\d\d, 2\)$/);
  }),
);

describe('an own key', () => {
  async function anOwnKey(db: Db) {
    const owner = await aMember(db, 'owner');
    await anApplication(db, owner, { isDefault: true });
    const member = await aMember(db, 'member', owner);
    const issued = await issueOwnKey({ db, member }, { environment: 'development' });
    if (!issued.ok) throw new Error(issued.reason);
    return { owner, member, keyId: issued.keys.keyId };
  }

  test(
    'is rotated by its member, and the new one is their own key',
    withDb(async (db) => {
      const { member, keyId } = await anOwnKey(db);
      const { keys } = await rotated(db, member, keyId, '24h');

      expect(await rowOfKey(db, keys.keyId)).toMatchObject({ memberId: member.memberId, status: 'active' });
      expect((await readOwnKey({ db, member })).key).toMatchObject({ keyId: keys.keyId });
      expect(await issueOwnKey({ db, member }, { environment: 'development' })).toMatchObject({
        reason: 'has_one',
      });
    }),
  );

  test(
    'can’t be rotated by anyone else, nor by a member who was suspended meanwhile',
    withDb(async (db) => {
      const { owner, member, keyId } = await anOwnKey(db);
      expect(await rotate(db, owner, keyId)).toEqual({ ok: false, reason: 'own_key_of_another' });
      await db.update(members).set({ status: 'suspended' }).where(eq(members.id, member.memberId));
      expect(await rotate(db, member, keyId)).toEqual({ ok: false, reason: 'not_active' });
      expect((await rowOfKey(db, keyId)).successorId).toBeNull();
    }),
  );
});

test(
  "another team's key looks absent; to a member, so do other members' and apps' keys",
  withDb(async (db) => {
    const { member: admin, key, app } = await aKey(db);
    const member = await aMember(db, 'member', admin);
    const stranger = await aMember(db, 'owner');
    const colleagues = await aCredential(db, app, { memberId: admin.memberId });

    const absent = { ok: false, reason: 'not_found' };
    expect(await rotate(db, stranger, key.keyId)).toEqual(absent);
    expect(await rotate(db, member, key.keyId)).toEqual(absent);
    expect(await rotate(db, member, colleagues.keyId)).toEqual(absent);
    expect((await rowOf(db, key.id)).successorId).toBeNull();
    const visitor = { ...member, role: 'visitor' } as never; // No such role exists.
    await expect(rotate(db, visitor, key.keyId)).rejects.toThrow(Forbidden);
  }),
);

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('of twenty concurrent rotations, one creates a successor and the others report it', async () => {
  const { db } = own;
  const { member, key } = await aKey(db);

  const results = await Promise.all(Array.from({ length: 20 }, () => rotate(db, member, key.keyId)));

  const [winner] = results.filter((result) => result.ok);
  const successor = winner?.ok ? winner.keys.keyId : '';
  const expected = { ok: false, reason: 'already_rotated', keyId: successor };
  expect(results.filter((result) => !result.ok)).toEqual(Array.from({ length: 19 }, () => expected));
  expect(await db.$count(credentials, eq(credentials.applicationId, key.applicationId))).toBe(2);
});
