import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { credentialExposures, credentials } from '#db/schema/credentials.ts';
import { notificationSettings, notifications } from '#db/schema/notifications.ts';
import { teams } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { queuedMails } from '#tests/support/mails.ts';
import { settings } from '#tests/support/settings.ts';
import { EXPOSURES_MAX, NOTIFIED_PER_HOUR } from './record-exposure.ts';
import { reportExposure } from './report-exposure.ts';

const place = 'https://github.com/octocat/hello/blob/main/.env';

async function aKey(db: Db, owner: Member, values: Partial<typeof credentials.$inferInsert> = {}) {
  return aCredential(db, await anApplication(db, owner), values);
}
const stateOf = async (db: Db, id: string) =>
  (await db.select().from(credentials).where(eq(credentials.id, id)))[0]!;
const epochOf = async (db: Db) =>
  Number((await db.execute<{ epoch: string }>('select epoch from access_epoch'))[0]!.epoch);

test(
  'a key found in public is recorded without its secret, revoked, and its team notified once',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const [admin, holder] = [await aMember(db, 'admin', owner), await aMember(db, 'member', owner)];
    await aMember(db, 'member', owner); // Isn't notified.
    const key = await aKey(db, owner, { memberId: holder.memberId, name: 'Storefront' });
    const before = await epochOf(db);

    const reported = await reportExposure(
      { db, settings },
      { secret: key.secretKey, source: 'secret_scanning', place },
    );

    expect(reported).toMatchObject({ known: true, isNew: true, receipt: { epoch: before + 1 } });
    expect(await stateOf(db, key.id)).toMatchObject({
      status: 'revoked',
      exposedAt: expect.any(Date),
      revokedBy: null,
    });
    expect(await db.select().from(credentialExposures)).toMatchObject([
      { teamId: owner.teamId, credentialId: key.id, source: 'secret_scanning', place, revoked: true },
    ]);
    expect(await auditTrail(db)).toMatchObject([
      { action: 'credential.expose', actor: 'system', subjectId: key.keyId, teamId: owner.teamId },
      {
        action: 'credential.revoke',
        actor: 'system',
        after: { name: 'Storefront', because: 'exposed', source: 'secret_scanning' },
      },
    ]);
    const emails = await queuedMails(db);
    expect(emails.map(({ to }) => to).sort()).toEqual([owner.email, admin.email, holder.email].sort());
    expect(emails[0]).toMatchObject({
      template: 'key-exposed',
      props: { outcome: 'revoked', place, sharedKey: key.sharedKey },
    });
    const shown = await db.select().from(notifications);
    expect(shown).toHaveLength(3);
    expect(shown[0]).toMatchObject({ kind: 'exposure', href: `/t/${owner.teamSlug}/api-keys/${key.keyId}` });

    const everything = JSON.stringify([
      emails,
      shown,
      await db.select().from(credentialExposures),
      await auditTrail(db),
    ]);
    expect(everything).not.toContain(key.secretKey.slice(30, 60));

    // Reporting the same exposure again changes nothing.
    const again = await reportExposure(
      { db, settings },
      { secret: key.secretKey, source: 'secret_scanning', place },
    );
    expect(again).toEqual({ known: true, isNew: false, receipt: null });
    expect(await queuedMails(db)).toHaveLength(3);
    expect(await epochOf(db)).toBe(before + 1);
  }),
);

test(
  'without the revocation policy the key is kept; with it, the next report revokes the key',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    await db.update(teams).set({ revokesExposed: false }).where(eq(teams.id, owner.teamId));
    const key = await aKey(db, owner);
    const find = { secret: key.secretKey, source: 'found_key', place } as const;

    expect(await reportExposure({ db, settings }, find)).toEqual({ known: true, isNew: true, receipt: null });
    expect(await stateOf(db, key.id)).toMatchObject({ status: 'active', exposedAt: expect.any(Date) });
    expect((await queuedMails(db))[0]?.props.outcome).toBe('works');

    await db.update(teams).set({ revokesExposed: true }).where(eq(teams.id, owner.teamId));
    expect(await reportExposure({ db, settings }, find)).toMatchObject({
      isNew: false,
      receipt: { confirmed: 0 },
    });
    expect((await stateOf(db, key.id)).status).toBe('revoked');
    expect((await queuedMails(db)).map(({ props }) => props.outcome)).toEqual(['works', 'revoked']);
  }),
);

test.each(['portal_text', 'gateway_query'] as const)(
  'a key seen as %s is exposed but not revoked: nobody else has seen it',
  (source) =>
    withDb(async (db) => {
      const owner = await aMember(db, 'owner');
      const key = await aKey(db, owner);

      expect(
        await reportExposure({ db, settings }, { secret: key.secretKey, source, place: 'x' }),
      ).toMatchObject({
        receipt: null,
      });
      expect(await stateOf(db, key.id)).toMatchObject({ status: 'active', exposedAt: expect.any(Date) });
    })(),
);

test(
  'unknown, mistyped and incomplete keys leave no trace',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const key = await aKey(db, owner);
    const other = mintKeyPair('development').secretKey;
    // A known key ID and a valid checksum, but another secret.
    const { secretKey: forged } = { secretKey: mintKeyPair('development').secretKey };
    for (const secret of [other, forged, key.sharedKey, key.secretKey.slice(0, -1), '', 'x'.repeat(10_000)]) {
      expect(await reportExposure({ db, settings }, { secret, source: 'found_key', place })).toEqual({
        known: false,
      });
    }
    expect(await db.select().from(credentialExposures)).toEqual([]);
    expect(await auditTrail(db)).toEqual([]);
    expect(await queuedMails(db)).toEqual([]);
    expect((await stateOf(db, key.id)).exposedAt).toBeNull();
  }),
);

test(
  'a known key ID with another secret is ignored',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const pair = mintKeyPair('production');
    await aKey(db, owner, { keyId: pair.keyId, environment: 'production' });

    expect(
      await reportExposure({ db, settings }, { secret: pair.secretKey, source: 'found_key', place }),
    ).toEqual({
      known: false,
    });
  }),
);

test(
  'place and note are masked, shortened and on one line; a name is shown only to the person’s own team',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const stranger = await aMember(db, 'owner');
    const { secretKey } = await aKey(db, owner);
    const find = { secret: secretKey, source: 'portal_text' } as const;

    await reportExposure(
      { db, settings },
      { ...find, place: `https://x.example/?k=${secretKey}&\u202e${'y'.repeat(5_000)}` },
    );
    await reportExposure({ db, settings }, { ...find, place: 'a', by: owner });
    await reportExposure({ db, settings }, { ...find, place: 'b', by: stranger });

    const rows = await db.select().from(credentialExposures).orderBy(credentialExposures.id);
    expect(rows[0]!.place).toMatch(/^https:\/\/x\.example\/\?k=lk_sk_dev_….{4}& y+$/u);
    expect(rows[0]!.place.length).toBeLessThanOrEqual(500);
    expect(rows.slice(1).map(({ note }) => note)).toEqual([
      `Entered by ${owner.name}.`,
      'Entered by someone outside the team.',
    ]);
  }),
);

test(
  'the emails and rows for a key reported from many places are limited',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const { secretKey } = await aKey(db, owner);
    for (let i = 0; i < EXPOSURES_MAX + 5; i++)
      await reportExposure({ db, settings }, { secret: secretKey, source: 'found_key', place: `place ${i}` });

    expect(await queuedMails(db)).toHaveLength(NOTIFIED_PER_HOUR);
    expect(await db.select().from(credentialExposures)).toHaveLength(EXPOSURES_MAX);
  }),
);

test(
  'an inactive key is reported as inactive; members without email notifications get none; deleted teams are skipped',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const admin = await aMember(db, 'admin', owner);
    await db.insert(notificationSettings).values({
      teamId: owner.teamId,
      memberId: admin.memberId,
      kind: 'exposure',
      mailed: false,
      shown: false,
    });
    const past = new Date(Date.now() - 60_000);
    const key = await aKey(db, owner, { status: 'revoked', revokedAt: past });
    const find = { secret: key.secretKey, source: 'found_key' } as const;

    expect(await reportExposure({ db, settings }, { ...find, place })).toEqual({
      known: true,
      isNew: true,
      receipt: null,
    });
    expect((await queuedMails(db)).map(({ to, props }) => [to, props.outcome])).toEqual([
      [owner.email, 'dead'],
    ]);
    expect(await db.select().from(notifications)).toMatchObject([{ memberId: owner.memberId }]);

    await db.update(teams).set({ deletedAt: new Date() }).where(eq(teams.id, owner.teamId));
    expect(await reportExposure({ db, settings }, { ...find, place: 'elsewhere' })).toMatchObject({
      isNew: true,
    });
    expect(await queuedMails(db)).toHaveLength(1);
  }),
);

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('twenty concurrent reports are one exposure, one revocation and one email', async () => {
  const { db } = own;
  const owner = await aMember(db, 'owner');
  const key = await aKey(db, owner);
  const before = await epochOf(db);

  const reported = await Promise.all(
    Array.from({ length: 20 }, () =>
      reportExposure({ db, settings }, { secret: key.secretKey, source: 'found_key', place }),
    ),
  );

  expect(reported.filter((one) => one.known && one.isNew)).toHaveLength(1);
  expect(reported.filter((one) => one.known && one.receipt)).toHaveLength(1);
  expect(await db.select().from(credentialExposures)).toHaveLength(1);
  expect(await auditTrail(db)).toHaveLength(2);
  expect(await queuedMails(db)).toHaveLength(1);
  expect(await epochOf(db)).toBe(before + 1);
});
