import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { applicationEndpoints } from '#db/schema/applications.ts';
import { endpoints } from '#db/schema/catalog.ts';
import { usageDaily } from '#db/schema/usage.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { listCredentials } from './list-credentials.ts';
import { readOwnKey } from './read-own-key.ts';

type Key = Awaited<ReturnType<typeof aCredential>>;

async function calls(db: Db, key: Key, daysAgo: number, requests: number, lastAt = new Date()) {
  await db.insert(usageDaily).values({
    ...{ teamId: key.teamId, applicationId: key.applicationId, credentialId: key.id, memberId: key.memberId },
    ...{ day: sql`(now() at time zone 'utc')::date - ${daysAgo}::int`, requests },
    ...{ lastAt, lastUsedAt: lastAt },
  });
}

async function aTeamOfTwo(db: Db) {
  const owner = await aMember(db, 'owner');
  const app = await anApplication(db, owner, { isDefault: true, title: 'Default app' });
  const [member, colleague] = [await aMember(db, 'member', owner), await aMember(db, 'member', owner)];
  return { owner, app, member, colleague };
}

test(
  'the own key is shown masked, with today’s requests and its last use',
  withDb(async (db) => {
    const { app, member } = await aTeamOfTwo(db);
    const revoked = { status: 'revoked', revokedAt: new Date() } as const;
    const old = await aCredential(db, app, { memberId: member.memberId, ...revoked });
    const key = await aCredential(db, app, {
      memberId: member.memberId,
      environment: 'staging',
      allowedIps: ['203.0.113.9'],
    });
    const lastAt = new Date('2026-05-05T10:00:00Z');
    await calls(db, old, 0, 7);
    await calls(db, key, 0, 5, lastAt);
    await calls(db, key, 1, 100, new Date('2026-05-04T10:00:00Z'));

    const own = await readOwnKey({ db, member });

    expect(own).toMatchObject({
      key: {
        ...{
          keyId: key.keyId,
          sharedKey: key.sharedKey,
          status: 'active',
          environment: 'staging',
          lastUsedAt: lastAt,
        },
        ...{ allowedIps: ['203.0.113.9'], secretMask: `lk_sk_stg_…${key.secretKey.slice(-4)}` },
      },
      team: { dailyQuota: 10_000 },
      app: { appId: app.publicId, endpoints: 0, archivedAt: null },
      requestsToday: 12,
    });
    expect(JSON.stringify(own)).not.toContain(key.secretKey.slice(-20));
    expect(Object.keys(own.key!)).not.toContain('secretDigest');
  }),
);

test(
  'an unused key has no last use, and a paused one is still the own key',
  withDb(async (db) => {
    const { app, member } = await aTeamOfTwo(db);
    await aCredential(db, app, { memberId: member.memberId, status: 'paused' });

    expect(await readOwnKey({ db, member })).toMatchObject({
      key: { status: 'paused', lastUsedAt: null },
      requestsToday: 0,
    });
  }),
);

test(
  "keys of other members, apps and other teams aren't the actor's own key, regardless of role",
  withDb(async (db) => {
    const { owner, app, member, colleague } = await aTeamOfTwo(db);
    const theirs = await aCredential(db, app, { memberId: colleague.memberId });
    const teamKey = await aCredential(db, app);
    await calls(db, theirs, 0, 20);
    await calls(db, teamKey, 0, 30);
    const stranger = await aTeamOfTwo(db);

    for (const who of [owner, member, stranger.owner, stranger.member]) {
      expect(await readOwnKey({ db, member: who })).toMatchObject({ key: null, requestsToday: 0 });
    }
    expect((await readOwnKey({ db, member: stranger.member })).app?.appId).toBe(stranger.app.publicId);
    const seen = async (who: typeof owner) =>
      (await listCredentials({ db, member: who }, { appId: app.publicId })).credentials.map(
        (row) => row.keyId,
      );
    expect(await seen(member)).toEqual([]);
    expect(await seen(colleague)).toEqual([theirs.keyId]);
    expect((await seen(owner)).sort()).toEqual([theirs.keyId, teamKey.keyId].sort());
    expect(await seen(stranger.owner)).toEqual([]);
  }),
);

test(
  'endpoints that the key can call are counted: connected and in the catalog',
  withDb(async (db) => {
    const { app, member } = await aTeamOfTwo(db);
    const here = await anApi(db, ['GET /here', 'GET /gone', 'GET /unconnected']);
    const removed = await anApi(db, ['GET /of-a-removed-api'], { removedAt: new Date() });
    await db.update(endpoints).set({ removedAt: new Date() }).where(eq(endpoints.path, '/gone'));
    for (const endpointId of [...here.endpointIds.slice(0, 2), ...removed.endpointIds])
      await db
        .insert(applicationEndpoints)
        .values({ teamId: member.teamId, applicationId: app.id, endpointId });

    expect((await readOwnKey({ db, member })).app?.endpoints).toBe(1);
  }),
);

test(
  'an unknown role can read nothing',
  withDb(async (db) => {
    const member = { ...(await aTeamOfTwo(db)).member, role: 'visitor' } as never; // No such role exists.

    await expect(readOwnKey({ db, member })).rejects.toThrow(Forbidden);
  }),
);
