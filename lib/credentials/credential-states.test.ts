import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { credentials } from '#db/schema/credentials.ts';
import { accessEpoch, gatewayNodes } from '#db/schema/gateway.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { pauseCredential } from './pause-credential.ts';
import { resumeCredential } from './resume-credential.ts';
import { revokeCredential } from './revoke-credential.ts';

const statusOf = async (db: Db, id: string) =>
  (await db.select().from(credentials).where(eq(credentials.id, id)))[0]!.status;
const epochOf = async (db: Db) => (await db.select().from(accessEpoch))[0]!.epoch;
const actionsOn = async (db: Db, keyId: string) =>
  (await auditTrail(db, eq(auditEvents.subjectId, keyId))).map((line) => line.action);

test(
  'pausing, resuming and revoking a key raise the epoch and are audited',
  withDb(async (db) => {
    const member = await aMember(db, 'admin');
    const app = await anApplication(db, member);
    const key = await aCredential(db, app);
    const bystander = await aCredential(db, app);
    const before = await epochOf(db);
    const { keyId } = key;

    expect(await pauseCredential({ db, member }, { keyId })).toMatchObject({
      ok: true,
      receipt: { epoch: before + 1 },
    });
    expect(await statusOf(db, key.id)).toBe('paused');
    expect(await resumeCredential({ db, member }, { keyId })).toEqual({ ok: true });
    expect(await statusOf(db, key.id)).toBe('active');
    expect(await epochOf(db)).toBe(before + 2);
    expect(await revokeCredential({ db, member }, { keyId })).toMatchObject({
      ok: true,
      receipt: { epoch: before + 3 },
    });
    expect(await db.select().from(credentials).where(eq(credentials.id, key.id))).toMatchObject([
      { status: 'revoked', revokedBy: member.memberId },
    ]);
    expect(await statusOf(db, bystander.id)).toBe('active');
    expect(await actionsOn(db, keyId)).toEqual([
      'credential.pause',
      'credential.resume',
      'credential.revoke',
    ]);
  }),
);

test(
  'a revoked key stays revoked: revoking, pausing and resuming have no effect',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const { keyId, id } = await aCredential(db, await anApplication(db, member));
    await revokeCredential({ db, member }, { keyId });
    const epoch = await epochOf(db);
    const [row] = await db.select().from(credentials).where(eq(credentials.id, id));
    const revokedAt = row!.revokedAt;

    const again = { ok: false, reason: 'already_revoked' };
    expect(await revokeCredential({ db, member }, { keyId })).toEqual({ ...again, revokedAt });
    expect(await pauseCredential({ db, member }, { keyId })).toEqual(again);
    expect(await resumeCredential({ db, member }, { keyId })).toEqual(again);
    expect(await statusOf(db, id)).toBe('revoked');
    expect(await epochOf(db)).toBe(epoch);
    expect(await actionsOn(db, keyId)).toEqual(['credential.revoke']);
  }),
);

test(
  'a paused key can be revoked; pausing it again or resuming an active one is reported',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const { keyId, id } = await aCredential(db, await anApplication(db, member));

    expect(await resumeCredential({ db, member }, { keyId })).toEqual({
      ok: false,
      reason: 'already_active',
    });
    await pauseCredential({ db, member }, { keyId });
    expect(await pauseCredential({ db, member }, { keyId })).toEqual({ ok: false, reason: 'already_paused' });
    expect(await revokeCredential({ db, member }, { keyId })).toMatchObject({ ok: true });
    expect(await statusOf(db, id)).toBe('revoked');
  }),
);

describe.each([
  ['pause', pauseCredential, 'active'],
  ['resume', resumeCredential, 'paused'],
  ['revoke', revokeCredential, 'active'],
] as const)('%s', (_name, verb, status) => {
  test(
    "is rejected for another team's key, which looks absent and is unchanged",
    withDb(async (db) => {
      const key = await aCredential(db, await anApplication(db, await aMember(db, 'owner')), { status });
      const member = await aMember(db, 'owner');

      expect(await verb({ db, member }, { keyId: key.keyId })).toEqual({ ok: false, reason: 'not_found' });
      expect(await statusOf(db, key.id)).toBe(status);
    }),
  );

  test(
    "is allowed for a member's own key, but not for other keys of the team",
    withDb(async (db) => {
      const member = await aMember(db, 'member');
      const app = await anApplication(db, member);
      const own = await aCredential(db, app, { status, memberId: member.memberId });
      const other = await aCredential(db, app, { status });

      expect(await verb({ db, member }, { keyId: other.keyId })).toEqual({ ok: false, reason: 'not_found' });
      expect(await verb({ db, member }, { keyId: own.keyId })).toMatchObject({ ok: true });
      expect(await statusOf(db, other.id)).toBe(status);
    }),
  );

  test(
    'an unknown role is rejected',
    withDb(async (db) => {
      const member = { ...(await aMember(db, 'member')), role: 'visitor' } as never; // No such role exists.

      await expect(verb({ db, member }, { keyId: 'x' })).rejects.toThrow(Forbidden);
    }),
  );
});

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('of concurrent pauses, resumes and revokes, the revoke always wins and is reported once', async () => {
  const { db } = own;
  const member = await aMember(db, 'owner');
  const app = await anApplication(db, member);

  for (let round = 0; round < 10; round++) {
    const { keyId, id } = await aCredential(db, app);
    const verbs = [pauseCredential, resumeCredential, revokeCredential];
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        verbs[i % 3]!({ db, member }, { keyId }).then((a) => [i % 3, a.ok]),
      ),
    );

    expect(await statusOf(db, id)).toBe('revoked');
    expect(results.filter(([verb, ok]) => verb === 2 && ok)).toHaveLength(1);
    const actions = await actionsOn(db, keyId);
    expect(actions.at(-1)).toBe('credential.revoke');
    expect(actions.filter((action) => action === 'credential.revoke')).toHaveLength(1);
  }
});

test('the receipt is returned only after every gateway with a lease has applied the revoke', async () => {
  const { db } = own;
  const member = await aMember(db, 'owner');
  const { keyId } = await aCredential(db, await anApplication(db, member));
  const before = await epochOf(db);
  const [node] = await db
    .insert(gatewayNodes)
    .values({
      ...{ mount: 'node', host: 'test', pid: 1, epochSeen: before },
      leaseUntil: new Date(Date.now() + 60_000),
    })
    .returning();

  let receipt: unknown;
  const revoking = revokeCredential({ db, member }, { keyId }).then((result) => {
    receipt = result;
  });
  await expect.poll(() => epochOf(db)).toBe(before + 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(receipt).toBeUndefined();
  await db
    .update(gatewayNodes)
    .set({ epochSeen: before + 1 })
    .where(eq(gatewayNodes.id, node!.id));
  await revoking;

  expect(receipt).toMatchObject({ ok: true, receipt: { epoch: before + 1, gateways: 1, confirmed: 1 } });
});
