import { and, eq, ne } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Member } from '#lib/access/member.ts';
import { openAdmission } from '#lib/admission/admission.ts';
import { isHolder } from '#lib/gateway/admit.ts';
import { refusalOf } from '#tests/support/admission.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { digestSecret, parseSecretKey } from './format.ts';
import { issueCredential, LIVE_CREDENTIALS_MAX } from './issue-credential.ts';
import { IssueOwnKey, issueOwnKey } from './issue-own-key.ts';
import { readOwnKey } from './read-own-key.ts';
import { regenerateOwnKey } from './regenerate-own-key.ts';
import { revokeCredential } from './revoke-credential.ts';

const development = IssueOwnKey.parse({});

/** A team with its Default app and a member with the given role. */
async function aTeamWith(db: Db, role: Member['role'] = 'member') {
  const owner = await aMember(db, 'owner');
  const app = await anApplication(db, owner, { isDefault: true });
  return { owner, app, member: role === 'owner' ? owner : await aMember(db, role, owner) };
}

async function issued(db: Db, member: Member) {
  const result = await issueOwnKey({ db, member }, development);
  if (!result.ok) throw new Error(result.reason);
  return result.keys;
}

const liveKeys = (db: Db, member: Member) =>
  db
    .select()
    .from(credentials)
    .where(and(eq(credentials.memberId, member.memberId), ne(credentials.status, 'revoked')));

test.each(['owner', 'admin', 'member'] as const)(
  'an %s gets their own key in the Default app; only the digest of the secret is stored',
  (role) =>
    withDb(async (db) => {
      const { app, member } = await aTeamWith(db, role);

      const result = await issueOwnKey({ db, member }, IssueOwnKey.parse({ environment: 'staging' }));

      if (!result.ok) throw new Error(result.reason);
      expect(result.appId).toBe(app.publicId);
      const [row] = await liveKeys(db, member);
      expect(row).toMatchObject({
        ...{ keyId: result.keys.keyId, applicationId: app.id, environment: 'staging', expiresAt: null },
        ...{ allowedIps: [], allowedDomains: [], secretDigest: digestSecret(result.keys.secretKey) },
      });
      expect(JSON.stringify([row, await auditTrail(db)])).not.toContain(result.keys.secretKey);
      expect(await auditTrail(db)).toMatchObject([
        { action: 'credential.issue', subjectId: result.keys.keyId, after: { own: true } },
      ]);
    })(),
);

test(
  'the first own key is a Development key by default, and there is no second one',
  withDb(async (db) => {
    const { member } = await aTeamWith(db);
    expect((await issued(db, member)).environment).toBe('development');

    expect(await issueOwnKey({ db, member }, development)).toEqual({ ok: false, reason: 'has_one' });
    expect(await liveKeys(db, member)).toHaveLength(1);
    expect(IssueOwnKey.safeParse({ environment: 'live' }).success).toBe(false);
  }),
);

test(
  'after a revocation a member can get a new key, and each member has their own',
  withDb(async (db) => {
    const { owner, member } = await aTeamWith(db);
    const first = await issued(db, member);
    await db
      .update(credentials)
      .set({ status: 'revoked', revokedAt: new Date() })
      .where(eq(credentials.keyId, first.keyId));
    expect((await issued(db, member)).keyId).not.toBe(first.keyId);
    await issued(db, owner);

    expect(await liveKeys(db, member)).toHaveLength(1);
    expect(await liveKeys(db, owner)).toHaveLength(1);
  }),
);

test(
  'no key is issued to a suspended or removed member, nor while the Default app is archived',
  withDb(async (db) => {
    const { app, member } = await aTeamWith(db);
    const { keyId } = await issued(db, member);
    for (const status of ['suspended', 'removed'] as const) {
      await db.update(members).set({ status }).where(eq(members.id, member.memberId));
      expect(await issueOwnKey({ db, member }, development)).toEqual({ ok: false, reason: 'not_active' });
      expect(await regenerateOwnKey({ db, member }, { keyId })).toEqual({ ok: false, reason: 'not_active' });
    }
    expect(await liveKeys(db, member)).toMatchObject([{ keyId }]);

    const colleague = await aMember(db, 'member', member);
    await db.update(applications).set({ archivedAt: new Date() }).where(eq(applications.id, app.id));
    expect(await issueOwnKey({ db, member: colleague }, development)).toEqual({
      ok: false,
      reason: 'archived',
    });
  }),
);

test(
  'a new pair replaces the old one with the same name, environment, restrictions and expiration',
  withDb(async (db) => {
    const { app, member } = await aTeamWith(db);
    const kept = {
      ...{
        applicationId: app.id,
        memberId: member.memberId,
        name: 'Mine',
        environment: 'production' as const,
      },
      ...{ allowedIps: ['203.0.113.9'], allowedDomains: ['*.example.com'], dailyLimit: 50 },
      expiresAt: new Date(Date.now() + 86_400_000),
    };
    const old = await aCredential(db, app, kept);

    const result = await regenerateOwnKey({ db, member }, { keyId: old.keyId });

    if (!result.ok) throw new Error(result.reason);
    expect(result.keys).toMatchObject({ name: 'Mine', environment: 'production', expiresAt: kept.expiresAt });
    expect(result.receipt.epoch).toBeGreaterThan(0);
    expect(await liveKeys(db, member)).toMatchObject([
      {
        ...kept,
        keyId: result.keys.keyId,
        status: 'active',
        secretDigest: digestSecret(result.keys.secretKey),
      },
    ]);
    expect(await db.select().from(credentials).where(eq(credentials.id, old.id))).toMatchObject([
      { status: 'revoked', revokedBy: member.memberId },
    ]);
    expect(await auditTrail(db)).toMatchObject([
      { action: 'credential.regenerate', subjectId: old.keyId, after: { replacedBy: result.keys.keyId } },
      { action: 'credential.issue', subjectId: result.keys.keyId, after: { replaces: old.keyId } },
    ]);
  }),
);

test(
  "only own keys can be regenerated: other members', apps' and other teams' keys look absent, even to an owner",
  withDb(async (db) => {
    const { owner, app, member } = await aTeamWith(db);
    const stranger = await aTeamWith(db);
    const memberKey = await issued(db, member);
    const theirs = await issued(db, stranger.member);
    const appKey = await aCredential(db, app);

    for (const keyId of [memberKey.keyId, theirs.keyId, appKey.keyId, 'AAAAAAAAAAAAAAAA']) {
      expect(await regenerateOwnKey({ db, member: owner }, { keyId })).toEqual({
        ok: false,
        reason: 'not_found',
      });
    }
    expect(await liveKeys(db, member)).toMatchObject([{ keyId: memberKey.keyId }]);
    expect(await liveKeys(db, stranger.member)).toMatchObject([{ keyId: theirs.keyId }]);
  }),
);

test(
  'an unknown role is rejected',
  withDb(async (db) => {
    const member = { ...(await aTeamWith(db)).member, role: 'visitor' } as never; // No such role exists.

    await expect(issueOwnKey({ db, member }, development)).rejects.toThrow(Forbidden);
    await expect(regenerateOwnKey({ db, member }, { keyId: 'x' })).rejects.toThrow(Forbidden);
  }),
);

test(
  "members' own keys don't count toward the key limit of the Default app",
  withDb(async (db) => {
    const { owner, app } = await aTeamWith(db);
    for (let i = 0; i < LIVE_CREDENTIALS_MAX; i++)
      await aCredential(db, app, { memberId: (await aMember(db, 'member', owner)).memberId });

    const result = await issueCredential(
      { db, member: owner },
      {
        ...{ appId: app.publicId, name: 'Shop', description: '' },
        ...{ environment: 'production', expiration: 'never' },
      },
    );
    expect(result).toMatchObject({ ok: true });
  }),
);

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('twenty concurrent requests issue one key, and twenty more replace it once', async () => {
  const { db } = own;
  const { member } = await aTeamWith(db);

  const first = await Promise.all(Array.from({ length: 20 }, () => issueOwnKey({ db, member }, development)));
  expect(first.filter((result) => result.ok)).toHaveLength(1);
  const [key] = await liveKeys(db, member);
  const { keyId } = key!;

  const second = await Promise.all(
    Array.from({ length: 20 }, () => regenerateOwnKey({ db, member }, { keyId })),
  );
  const winner = second.find((result) => result.ok);
  expect(second.filter((result) => !result.ok && result.reason === 'already_revoked')).toHaveLength(19);
  expect(await liveKeys(db, member)).toMatchObject([{ keyId: winner?.ok && winner.keys.keyId }]);
});

test('concurrent regenerations leave exactly one active key', async () => {
  const { db } = own;
  const { member } = await aTeamWith(db);
  await issued(db, member);

  await Promise.all(
    Array.from({ length: 20 }, async () => {
      for (;;) {
        const [live] = await liveKeys(db, member);
        const result = live && (await regenerateOwnKey({ db, member }, { keyId: live.keyId }));
        if (result?.ok) return;
      }
    }),
  );

  expect(await liveKeys(db, member)).toHaveLength(1);
  expect(await db.$count(credentials, eq(credentials.memberId, member.memberId))).toBe(21);
});

test('a removal concurrent with an issue never leaves a removed member with a key', async () => {
  const { db } = own;
  const { owner } = await aTeamWith(db);
  for (let round = 0; round < 10; round++) {
    const member = await aMember(db, 'member', owner);
    const remove = db.transaction(async (tx) => {
      await tx.update(members).set({ status: 'removed' }).where(eq(members.id, member.memberId));
      await tx
        .update(credentials)
        .set({ status: 'revoked', revokedAt: new Date() })
        .where(eq(credentials.memberId, member.memberId));
    });
    await Promise.all([remove, issueOwnKey({ db, member }, development)]);
    expect(await liveKeys(db, member), `round ${round}`).toEqual([]);
  }
});

test('the gateway rejects the old pair and any mix with the new one', async () => {
  const { db, sql } = own;
  const { member } = await aTeamWith(db);
  const old = await issued(db, member);
  const result = await regenerateOwnKey({ db, member }, { keyId: old.keyId });
  if (!result.ok) throw new Error(result.reason);
  const admission = openAdmission({ sql, mayUseCache: () => false });
  const presented = (secretKey: string) => ({ ...parseSecretKey(secretKey)!, secretKey });

  const before = await admission.find(old.keyId);
  const after = await admission.find(result.keys.keyId);

  expect(refusalOf(before!)).toBe('credential_revoked');
  expect(refusalOf(after!)).toBeNull();
  expect(isHolder(presented(result.keys.secretKey), after)).toBe(true);
  expect(isHolder(presented(old.secretKey), after)).toBe(false);
  expect(isHolder(presented(result.keys.secretKey), before)).toBe(false);
});

test(
  'revoking a key and generating another keeps the limits that an admin set',
  withDb(async (db) => {
    const { app, member } = await aTeamWith(db);
    const expiresAt = new Date(Date.now() + 86_400_000);
    await aCredential(db, app, {
      ...{ applicationId: app.id, memberId: member.memberId, dailyLimit: 50, expiresAt },
      ...{ status: 'revoked', revokedAt: new Date() },
    });
    await issued(db, member);
    expect(await liveKeys(db, member)).toMatchObject([{ dailyLimit: 50, expiresAt }]);
  }),
);

test.each([
  ['regenerated', false],
  ['revoked and generated again', true],
] as const)('an expired key that is %s lasts as long as it did, counted from now', (_, isRevoked) =>
  withDb(async (db) => {
    const { app, member } = await aTeamWith(db);
    const createdAt = new Date(Date.now() - 40 * 86_400_000);
    const old = await aCredential(db, app, {
      ...{ memberId: member.memberId, createdAt, expiresAt: new Date(+createdAt + 30 * 86_400_000) },
      ...(isRevoked ? { status: 'revoked' as const, revokedAt: new Date() } : {}),
    });

    if (isRevoked) await issued(db, member);
    else {
      const { key } = await readOwnKey({ db, member });
      const result = await regenerateOwnKey({ db, member }, { keyId: old.keyId });
      if (!result.ok) throw new Error(result.reason);
      expect(key).toMatchObject({ expired: true, nextEnd: result.keys.expiresAt });
    }

    const [made] = await liveKeys(db, member);
    const lifetime = +made!.expiresAt! - +made!.createdAt;
    expect(Math.abs(lifetime - 30 * 86_400_000)).toBeLessThan(60_000);
    expect(+made!.createdAt).toBeGreaterThan(Date.now() - 60_000);
  })(),
);

test(
  'a key without an expiration is regenerated without one',
  withDb(async (db) => {
    const { member } = await aTeamWith(db);
    const { keyId } = await issued(db, member);
    expect((await readOwnKey({ db, member })).key).toMatchObject({ expired: false, nextEnd: null });
    expect(await regenerateOwnKey({ db, member }, { keyId })).toMatchObject({ keys: { expiresAt: null } });
  }),
);

test('replacements share the daily limit: a new key brings no new requests', async () => {
  const { app, member } = await aTeamWith(own.db);
  const first = await aCredential(own.db, app, { memberId: member.memberId, dailyLimit: 50 });
  const context = { db: own.db, member };

  const second = await regenerateOwnKey(context, { keyId: first.keyId });
  if (!second.ok) throw new Error(second.reason);
  await revokeCredential(context, { keyId: second.keys.keyId });
  const third = await issued(own.db, member);

  const admission = openAdmission({ sql: own.sql, mayUseCache: () => false });
  for (const { keyId } of [second.keys, third])
    expect((await admission.find(keyId))?.limits[0]).toMatchObject({
      kind: 'credential',
      subjectId: first.id,
      requests: 50,
    });
});
