import { and, eq, ne, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEvents } from '#db/schema/audit.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { digestSecret, parseSecretKey } from './format.ts';
import { IssueCredential, issueCredential, LIVE_CREDENTIALS_MAX } from './issue-credential.ts';
import { rotateCredential } from './rotate-credential.ts';

const wanted = { name: 'ci', description: '', environment: 'staging', expiration: 'never' } as const;
const past = new Date(Date.now() - 1_000);

test(
  'the secret is returned once and only its digest is stored',
  withDb(async (db) => {
    const member = await aMember(db, 'admin');
    const app = await anApplication(db, member);

    const issued = await issueCredential({ db, member }, { ...wanted, appId: app.publicId });

    if (!issued.ok) throw new Error(issued.reason);
    const { secretKey, sharedKey, keyId } = issued.keys;
    expect(parseSecretKey(secretKey)).toEqual({ environment: 'staging', keyId });
    expect(sharedKey).toBe(`lk_pk_stg_${keyId}`);
    const [row] = await db.select().from(credentials).where(eq(credentials.keyId, keyId));
    expect(Buffer.from(row!.secretDigest)).toEqual(Buffer.from(digestSecret(secretKey)));
    expect(row).toMatchObject({ teamId: member.teamId, createdBy: member.memberId, expiresAt: null });
    const [line] = await auditTrail(db, eq(auditEvents.subjectId, keyId));
    expect(line).toMatchObject({ action: 'credential.issue', after: { name: 'ci', environment: 'staging' } });
    expect(JSON.stringify([row, line])).not.toContain(secretKey.slice(-49, -6));
  }),
);

test.each([
  ['30', 30],
  ['90', 90],
  ['180', 180],
] as const)(
  'a key for %s days expires that many days later by the database clock',
  async (expiration, days) => {
    await withDb(async (db) => {
      const member = await aMember(db, 'owner');
      const app = await anApplication(db, member);
      // In a time zone with daylight saving time, calendar days can have 23 or 25 hours.
      await db.execute(sql`set local time zone 'America/New_York'`);

      const issued = await issueCredential({ db, member }, { ...wanted, appId: app.publicId, expiration });

      if (!issued.ok) throw new Error(issued.reason);
      const seconds = sql<number>`extract(epoch from ${credentials.expiresAt} - ${credentials.createdAt})::int`;
      const [row] = await db
        .select({ seconds })
        .from(credentials)
        .where(eq(credentials.keyId, issued.keys.keyId));
      expect(row?.seconds).toBe(days * 86_400);
    })();
  },
);

test(
  "another team's application looks absent, and an archived one is rejected",
  withDb(async (db) => {
    const theirs = await anApplication(db, await aMember(db, 'owner'));
    const member = await aMember(db, 'owner');
    const put = await anApplication(db, member, { archivedAt: past });
    const issue = (appId: string) => issueCredential({ db, member }, { ...wanted, appId });

    expect(await issue(theirs.publicId)).toEqual({ ok: false, reason: 'not_found' });
    expect(await issue(put.publicId)).toEqual({ ok: false, reason: 'archived' });
    expect(await db.$count(credentials, eq(credentials.applicationId, theirs.id))).toBe(0);
  }),
);

test(
  'revoked and expired keys don’t count toward the limit',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member);
    for (let i = 1; i < LIVE_CREDENTIALS_MAX; i++) await aCredential(db, app);
    await aCredential(db, app, { status: 'revoked', revokedAt: past });
    await aCredential(db, app, { expiresAt: past });
    const issue = () => issueCredential({ db, member }, { ...wanted, appId: app.publicId });

    expect(await issue()).toMatchObject({ ok: true });
    expect(await issue()).toEqual({ ok: false, reason: 'too_many_live' });
  }),
);

test(
  'a member is rejected',
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    const app = await anApplication(db, member);

    await expect(issueCredential({ db, member }, { ...wanted, appId: app.publicId })).rejects.toThrow(
      Forbidden,
    );
  }),
);

test('a secret key in the description is rejected with an error at its field', () => {
  const parsed = IssueCredential.safeParse({
    ...wanted,
    appId: `app_${'a'.repeat(16)}`,
    description: `old one: lk_sk_prod_${'a'.repeat(16)}_${'b'.repeat(49)}`,
  });

  expect(parsed.error?.issues).toMatchObject([{ path: ['description'] }]);
  expect(JSON.stringify(parsed.error?.issues)).not.toContain('bbbb');
});

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('concurrent requests don’t exceed the limit', async () => {
  const { db } = own;
  const member = await aMember(db, 'owner');
  const app = await anApplication(db, member);
  for (let i = 0; i < LIVE_CREDENTIALS_MAX - 3; i++) await aCredential(db, app);

  const issued = await Promise.all(
    Array.from({ length: 12 }, () => issueCredential({ db, member }, { ...wanted, appId: app.publicId })),
  );

  expect(issued.filter((result) => result.ok)).toHaveLength(3);
  const live = and(eq(credentials.applicationId, app.id), eq(credentials.status, 'active'));
  expect(await db.$count(credentials, live)).toBe(LIVE_CREDENTIALS_MAX);
});

test('a removal concurrent with creations never leaves a new key behind', async () => {
  const { db } = own;
  const owner = await aMember(db, 'owner');
  const app = await anApplication(db, owner);
  for (let round = 0; round < 10; round++) {
    const member = await aMember(db, 'admin', owner);
    const { keyId } = await aCredential(db, app, { createdBy: member.memberId });
    const remove = db.transaction(async (tx) => {
      await tx.update(members).set({ status: 'removed' }).where(eq(members.id, member.memberId));
      await tx
        .update(credentials)
        .set({ status: 'revoked', revokedAt: new Date() })
        .where(and(eq(credentials.createdBy, member.memberId), ne(credentials.status, 'revoked')));
    });
    const context = { db, member };
    await Promise.allSettled([
      remove,
      issueCredential(context, { ...wanted, appId: app.publicId }),
      rotateCredential(context, { keyId, name: '', overlap: '24h' }),
    ]);

    const theirs = and(eq(credentials.createdBy, member.memberId), ne(credentials.status, 'revoked'));
    expect(await db.$count(credentials, theirs), `round ${round}`).toBe(0);
    await expect(issueCredential(context, { ...wanted, appId: app.publicId })).rejects.toThrow(Forbidden);
  }
});
