import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { usageDaily } from '#db/schema/usage.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { CREDENTIALS_PAGE, listCredentials } from './list-credentials.ts';

const past = new Date(Date.now() - 1_000);
const future = new Date(Date.now() + 60_000);

type Key = { id: string; teamId: string; applicationId: string };

async function calls(db: Db, key: Key, daysAgo: number, requests: number, errors: number, lastAt: Date) {
  await db.insert(usageDaily).values({
    ...{ teamId: key.teamId, applicationId: key.applicationId, credentialId: key.id },
    ...{ day: sql`(now() at time zone 'utc')::date - ${daysAgo}::int`, requests, errors },
    ...{ lastAt, lastUsedAt: lastAt },
  });
}

test(
  'a row shows the whole shared key, a mask, and sums over all days',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member);
    const key = await aCredential(db, app, { environment: 'production', name: 'web' });
    const lastAt = new Date('2026-05-05T10:00:00Z');
    await calls(db, key, 1, 10, 2, new Date('2026-05-04T10:00:00Z'));
    await calls(db, key, 0, 5, 1, lastAt);
    await aCredential(db, await anApplication(db, member));

    const { credentials } = await listCredentials({ db, member }, { appId: app.publicId });

    expect(credentials).toMatchObject([
      {
        ...{
          name: 'web',
          status: 'active',
          sharedKey: key.sharedKey,
          requests: 15,
          errors: 3,
          lastUsedAt: lastAt,
        },
        secretMask: `lk_sk_prod_…${key.secretKey.slice(-4)}`,
      },
    ]);
    expect(JSON.stringify(credentials)).not.toContain(key.secretKey.slice(-20));
    expect(Object.keys(credentials[0]!)).not.toContain('secretDigest');
  }),
);

test(
  'the status is derived from the row and the database clock',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member);
    await aCredential(db, app, { name: 'active', expiresAt: future });
    await aCredential(db, app, { name: 'paused', status: 'paused' });
    await aCredential(db, app, { name: 'expired', status: 'paused', expiresAt: past });
    await aCredential(db, app, { name: 'revoked', status: 'revoked', revokedAt: past, expiresAt: past });

    const { credentials } = await listCredentials({ db, member }, { appId: app.publicId });

    expect(credentials).toHaveLength(4);
    for (const row of credentials) expect(row.status).toBe(row.name);
  }),
);

test(
  'a key is expired at the moment of its expiration',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member);
    // now() is constant inside this transaction. Drizzle accepts an expression in place of a date.
    const [{ now }] = (await db.execute(sql`select now()::text as now`)) as unknown as [{ now: string }];
    await aCredential(db, app, { expiresAt: sql`${now}::timestamptz` as unknown as Date });

    const { credentials } = await listCredentials({ db, member }, { appId: app.publicId });

    expect(credentials[0]?.status).toBe('expired');
  }),
);

test(
  "another team's keys aren't listed, and members see only their own",
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    const app = await anApplication(db, member);
    const own = await aCredential(db, app, { memberId: member.memberId });
    await aCredential(db, app);
    const stranger = await aMember(db, 'owner');
    const appId = app.publicId;

    expect((await listCredentials({ db, member }, { appId })).credentials).toMatchObject([
      { keyId: own.keyId },
    ]);
    expect((await listCredentials({ db, member: stranger }, { appId })).credentials).toEqual([]);
  }),
);

test(
  'pages are consecutive without gaps',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member);
    for (let i = 0; i <= CREDENTIALS_PAGE; i++) await aCredential(db, app, { name: `Key ${i}` });
    const list = (before?: string) =>
      listCredentials({ db, member }, { appId: app.publicId, ...(before ? { before } : {}) });

    const first = await list();
    expect(first.credentials).toHaveLength(CREDENTIALS_PAGE);
    expect(await list(first.older!)).toMatchObject({ credentials: [{ name: 'Key 0' }], older: null });
  }),
);
