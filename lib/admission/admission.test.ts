import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication, aTeam } from '#tests/support/factories.ts';
import { aPlan } from '#tests/support/plans.ts';
import { LookupFailed, openAdmission } from './admission.ts';

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

const aKey = async () => aCredential(own.db, await anApplication(own.db, await aTeam(own.db)));

const revoke = (id: string) =>
  own.db.update(credentials).set({ status: 'revoked', revokedAt: new Date() }).where(eq(credentials.id, id));

test('a credential is read once and then served from the cache', async () => {
  const key = await aKey();
  const admission = openAdmission({ sql: own.sql, mayUseCache: () => true });

  const first = await admission.find(key.keyId);

  expect(first).toMatchObject({ id: key.id, status: 'active', dailyQuota: 10_000, memberActive: true });
  expect(admission.find(key.keyId)).toBe(first); // Not a promise: the hot path stays synchronous.
});

test('the next lookup sees an announced change', async () => {
  const key = await aKey();
  const admission = openAdmission({ sql: own.sql, mayUseCache: () => true });
  await admission.find(key.keyId);

  await revoke(key.id);
  admission.forget({ kind: 'credential', id: key.id });

  expect(await admission.find(key.keyId)).toMatchObject({ status: 'revoked' });
});

test('a change of an app or a team affects all of its keys', async () => {
  const key = await aKey();
  const admission = openAdmission({ sql: own.sql, mayUseCache: () => true });
  for (const change of [
    { kind: 'application', id: key.applicationId },
    { kind: 'team', id: key.teamId },
  ] as const) {
    await admission.find(key.keyId);
    admission.forget(change);
    expect(admission.size(), change.kind).toBe(0);
  }
});

test('a lookup that overlaps a change of the credential is repeated', async () => {
  const key = await aKey();
  let change = () => Promise.resolve();
  const answers = new Proxy(own.sql, {
    // The first result is held back until the change has been announced. It is stale by then.
    apply: async (target, _this, args: Parameters<typeof own.sql>) => {
      const rows = await target(...args);
      await change();
      return rows;
    },
  });
  const admission = openAdmission({ sql: answers, mayUseCache: () => true });
  change = async () => {
    change = () => Promise.resolve();
    await revoke(key.id);
    admission.forget({ kind: 'credential', id: key.id });
  };

  expect(await admission.find(key.keyId)).toMatchObject({ status: 'revoked' });
  expect(admission.find(key.keyId)).toMatchObject({ status: 'revoked' });
});

test('without a live lease every request reads the database', async () => {
  const key = await aKey();
  let live = true;
  const admission = openAdmission({ sql: own.sql, mayUseCache: () => live });
  await admission.find(key.keyId);
  live = false;

  await revoke(key.id);

  expect(await admission.find(key.keyId)).toMatchObject({ status: 'revoked' });
});

test('an unknown key is not cached: it works as soon as it exists', async () => {
  const admission = openAdmission({ sql: own.sql, mayUseCache: () => true });
  expect(await admission.find('0000000000000000')).toBeNull();

  const key = await aCredential(own.db, await anApplication(own.db, await aTeam(own.db)), {
    keyId: '0000000000000000',
  });

  expect(await admission.find('0000000000000000')).toMatchObject({ id: key.id });
});

test('a lookup fails if the database does not respond in time, and cached keys are still served', async () => {
  const key = await aKey();
  const admission = openAdmission({ sql: own.sql, mayUseCache: () => true, timeoutMs: 100 });
  await admission.find(key.keyId);
  await own.sql.begin(async (tx) => {
    await tx`lock table credentials in access exclusive mode`;

    await expect(admission.find('1111111111111111')).rejects.toThrow(LookupFailed);
    expect(admission.find(key.keyId)).toMatchObject({ id: key.id });
  });
});

test('without a live lease, concurrent lookups in a hanging database are limited, even for one key', async () => {
  const key = await aKey();
  let release = () => {};
  const hung = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = own.sql.begin(async (tx) => {
    await tx`lock table credentials in access exclusive mode`;
    await hung;
  });
  const admission = openAdmission({ sql: own.sql, mayUseCache: () => false, maxPending: 3, timeoutMs: 300 });
  await vi.waitUntil(
    async () =>
      (
        await own.sql`select 1 from pg_locks where mode = 'AccessExclusiveLock'
    and relation = 'credentials'::regclass and granted`
      ).length > 0,
  );

  const answers = Array.from({ length: 6 }, () => Promise.resolve(admission.find(key.keyId)).catch(String));

  expect(await Promise.all(answers.slice(3))).toEqual(
    Array(3).fill('LookupFailed: too many lookups at once'),
  );
  expect(await Promise.all(answers.slice(0, 3))).toEqual(
    Array(3).fill('LookupFailed: no response within 300 ms'),
  );
  release();
  await slow;
  expect(await admission.find(key.keyId), 'lookups are possible again').toMatchObject({ id: key.id });
});

test('while the database is unreachable, lookups fail at once', async () => {
  const key = await aKey();
  let isReachable = true;
  const admission = openAdmission({
    sql: own.sql,
    mayUseCache: () => true,
    isReachable: () => isReachable,
  });
  await admission.find(key.keyId);
  isReachable = false;
  await own.sql.begin(async (tx) => {
    await tx`lock table credentials in access exclusive mode`; // A lookup would hang.
    const start = performance.now();
    for (const lookup of [admission.find('2222222222222222'), admission.findNone()])
      await expect(lookup).rejects.toThrow('the database is unreachable');
    expect(performance.now() - start).toBeLessThan(500);
    expect(admission.find(key.keyId), 'with a live lease the cache is still used').toMatchObject({
      id: key.id,
    });
  });
});

test('a lookup of no key reads the database like that of an unknown key', async () => {
  const queries: unknown[][] = [];
  const counted = new Proxy(own.sql, {
    apply: (target, _this, args: Parameters<typeof own.sql>) => {
      queries.push(args);
      return target(...args);
    },
  });
  const admission = openAdmission({ sql: counted, mayUseCache: () => true });
  await admission.find('3333333333333333');
  await admission.findNone();
  expect(queries).toHaveLength(2);
  expect(String(queries[0]?.[0])).toBe(String(queries[1]?.[0]));
});

test('the cache is bounded', async () => {
  const admission = openAdmission({ sql: own.sql, mayUseCache: () => true, maxEntries: 3 });
  for (let i = 0; i < 5; i++) await admission.find((await aKey()).keyId);

  expect(admission.size()).toBe(3);
});

const find = async (keyId: string) => {
  const known = await openAdmission({ sql: own.sql, mayUseCache: () => true }).find(keyId);
  if (!known) throw new Error('unknown');
  return known;
};

test("a team's custom limits override its plan's", async () => {
  const plan = await aPlan(own.db, { dailyQuota: 700, burstRequests: 70, burstWindowSeconds: 7 });
  const onPlan = await aTeam(own.db, { planId: plan.id });
  const agreed = await aTeam(own.db, {
    planId: plan.id,
    dailyQuota: 9,
    burstRequests: 3,
    burstWindowSeconds: 60,
  });
  const keyOf = async (team: { teamId: string }) => aCredential(own.db, await anApplication(own.db, team));

  expect(await find((await keyOf(onPlan)).keyId)).toMatchObject({
    ...{ dailyQuota: 700, burstRequests: 70, burstWindowSeconds: 7 },
  });
  expect(await find((await keyOf(agreed)).keyId)).toMatchObject({
    ...{ dailyQuota: 9, burstRequests: 3, burstWindowSeconds: 60 },
  });
});

test('all limits of a key, its app, its member and its team are read', async () => {
  const team = await aTeam(own.db, { dailyQuota: 1_000, productionReserve: 300 });
  const member = await aMember(own.db, 'member', team);
  await own.db.update(members).set({ dailyCap: 20 }).where(eq(members.id, member.memberId));
  const application = await anApplication(own.db, team, { dailyCap: 30 });
  const key = await aCredential(own.db, application, { memberId: member.memberId, dailyLimit: 10 });

  const { limits } = await find(key.keyId);

  expect(limits.map(({ kind, subjectId, requests }) => [kind, subjectId, requests])).toEqual([
    ['credential', key.id, 10],
    ['member', member.memberId, 20],
    ['application', application.id, 30],
    ['non_production', team.teamId, 700],
    ['team', team.teamId, 1_000],
  ]);
});

test('a key expires at its expiration or its retirement, whichever is earlier', async () => {
  const application = await anApplication(own.db, await aTeam(own.db));
  const [early, late] = [new Date(Date.UTC(2030, 0, 1)), new Date(Date.UTC(2031, 0, 1))];
  const end = async (values: Partial<typeof credentials.$inferInsert>) =>
    (await find((await aCredential(own.db, application, values)).keyId)).expiresAtMs;

  expect(await end({})).toBeNull();
  expect(await end({ expiresAt: early })).toBe(early.getTime());
  expect(await end({ retiresAt: early })).toBe(early.getTime());
  expect(await end({ expiresAt: early, retiresAt: late })).toBe(early.getTime());
  expect(await end({ expiresAt: late, retiresAt: early })).toBe(early.getTime());
  expect(await end({ expiresAt: late, retiresAfterFirstUse: true })).toBe(late.getTime());
});

test('all keys of a rotation chain count as the first one', async () => {
  const application = await anApplication(own.db, await aTeam(own.db));
  const chain = [];
  for (let i = 0; i < 4; i++) chain.push(await aCredential(own.db, application, { dailyLimit: 5 }));
  for (let i = 0; i < 3; i++) {
    const successor = { successorId: chain[i + 1]!.id, rotatedAt: new Date() };
    await own.db.update(credentials).set(successor).where(eq(credentials.id, chain[i]!.id));
  }

  for (const { keyId } of chain)
    expect((await find(keyId)).limits[0]).toMatchObject({ kind: 'credential', subjectId: chain[0]!.id });
});
