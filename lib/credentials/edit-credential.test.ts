import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { credentials } from '#db/schema/credentials.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { teams } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Member } from '#lib/access/member.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { EditCredential, editCredential } from './edit-credential.ts';

const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);
const rowOf = async (db: Db, id: string) =>
  (await db.select().from(credentials).where(eq(credentials.id, id)))[0]!;
const epochOf = async (db: Db) => (await db.select().from(accessEpoch))[0]!.epoch;
const daysLeft = async (db: Db, id: string) => {
  const [row] = await db
    .select({ hours: sql<number>`extract(epoch from ${credentials.expiresAt} - now())::int / 3600` })
    .from(credentials)
    .where(eq(credentials.id, id));
  return row!.hours / 24;
};

async function aKey(db: Db, values: Partial<typeof credentials.$inferInsert> = {}) {
  const member = await aMember(db, 'admin');
  const key = await aCredential(db, await anApplication(db, member), values);
  const edit = (input: Record<string, string>, who: Member = member) =>
    editCredential({ db, member: who }, EditCredential.parse({ keyId: key.keyId, ...input }));
  return { member, key, edit };
}

test(
  'name and description change without involving the gateways, and both states are audited',
  withDb(async (db) => {
    const { key, edit } = await aKey(db, { name: 'old', description: 'what', dailyLimit: 7 });
    const before = await epochOf(db);

    expect(await edit({ name: 'new', description: 'what' })).toEqual({
      ...{ ok: true, changed: true, receipt: null },
    });
    expect(await rowOf(db, key.id)).toMatchObject({ name: 'new', description: 'what', dailyLimit: 7 });
    expect(await epochOf(db)).toBe(before);
    expect(await auditTrail(db, eq(auditEvents.subjectId, key.keyId))).toMatchObject([
      { action: 'credential.edit', before: { name: 'old' }, after: { name: 'new' } },
    ]);
    expect(await edit({ name: 'new', expiration: 'keep' })).toMatchObject({ changed: false });
    expect(await db.$count(auditEvents, eq(auditEvents.subjectId, key.keyId))).toBe(1);
  }),
);

test(
  'an earlier expiration raises the epoch and has a receipt; a later one raises it without waiting',
  withDb(async (db) => {
    const { key, edit } = await aKey(db);
    const before = await epochOf(db);

    expect(await edit({ expiration: '30' })).toMatchObject({ ok: true, receipt: { epoch: before + 1 } });
    expect(await daysLeft(db, key.id)).toBeCloseTo(30, 1);
    expect(await edit({ expiration: '90' })).toEqual({ ok: true, changed: true, receipt: null });
    expect(await epochOf(db)).toBe(before + 2);
    expect(await daysLeft(db, key.id)).toBeCloseTo(90, 1);
    expect(await edit({ expiration: 'never' })).toMatchObject({ ok: true, receipt: null });
    expect((await rowOf(db, key.id)).expiresAt).toBeNull();
  }),
);

test(
  'a date means its end in UTC, regardless of the session’s time zone',
  withDb(async (db) => {
    const { key, edit } = await aKey(db);
    await db.execute(sql`set local time zone 'America/New_York'`);

    expect(await edit({ expiration: 'until', expiresOn: '2999-03-31' })).toMatchObject({ ok: true });
    expect((await rowOf(db, key.id)).expiresAt).toEqual(new Date('2999-04-01T00:00:00Z'));
    expect(await edit({ expiration: 'until', expiresOn: '2020-01-01' })).toEqual({
      ...{ ok: false, reason: 'in_past' },
    });
    expect(
      EditCredential.safeParse({ keyId: key.keyId, expiration: 'until', expiresOn: '' }).error?.issues,
    ).toMatchObject([{ path: ['expiresOn'] }]);
  }),
);

test(
  'an expiration can’t be extended past the maximum age in the team’s policy',
  withDb(async (db) => {
    const { member, key, edit } = await aKey(db, { environment: 'production', expiresAt: inDays(10) });

    expect(await edit({ expiration: '180' })).toEqual({ ok: false, reason: 'past_policy', rotationDays: 90 });
    expect(await edit({ expiration: 'never' })).toMatchObject({ reason: 'past_policy' });
    expect(await daysLeft(db, key.id)).toBeLessThan(11);
    expect(await edit({ expiration: '30' })).toMatchObject({ ok: true });
    await db.update(teams).set({ rotationDaysProduction: null }).where(eq(teams.id, member.teamId));
    expect(await edit({ expiration: '180' })).toMatchObject({ ok: true });
    // Shortening what is past the policy already is always allowed.
    await db.update(teams).set({ rotationDaysProduction: 20 }).where(eq(teams.id, member.teamId));
    expect(await edit({ expiration: '90' })).toMatchObject({ ok: true, changed: true });
  }),
);

test(
  'an expired key can’t be reactivated but renamed; a revoked key can’t be changed',
  withDb(async (db) => {
    const { key, edit } = await aKey(db, { expiresAt: inDays(-1) });

    expect(await edit({ expiration: '30' })).toEqual({ ok: false, reason: 'ended' });
    expect(await edit({ name: 'dead' })).toMatchObject({ ok: true });
    await db
      .update(credentials)
      .set({ status: 'revoked', revokedAt: new Date() })
      .where(eq(credentials.id, key.id));
    expect(await edit({ name: 'x' })).toEqual({ ok: false, reason: 'already_revoked' });
    expect((await rowOf(db, key.id)).name).toBe('dead');
  }),
);

test(
  'a lower limit has a receipt, a higher one has none, and an empty text removes it',
  withDb(async (db) => {
    const { key, edit } = await aKey(db);
    const before = await epochOf(db);

    expect(await edit({ dailyLimit: '100' })).toMatchObject({ ok: true, receipt: { epoch: before + 1 } });
    expect(await edit({ dailyLimit: '500' })).toEqual({ ok: true, changed: true, receipt: null });
    expect((await rowOf(db, key.id)).dailyLimit).toBe(500);
    expect(await edit({ dailyLimit: '' })).toMatchObject({ ok: true, receipt: null });
    expect((await rowOf(db, key.id)).dailyLimit).toBeNull();
    expect(await epochOf(db)).toBe(before + 3);
    for (const dailyLimit of ['0', '-1', '1.5', '1e3', '9999999999', 'x'])
      expect(EditCredential.safeParse({ keyId: key.keyId, dailyLimit }).success, dailyLimit).toBe(false);
  }),
);

test(
  "members can restrict their own key but not extend it; another team's key looks absent",
  withDb(async (db) => {
    const { member: admin, key: teams, edit } = await aKey(db);
    const member = await aMember(db, 'member', admin);
    const own = await aCredential(
      db,
      { id: teams.applicationId, teamId: admin.teamId },
      {
        ...{ memberId: member.memberId, dailyLimit: 10 },
      },
    );
    const change = (input: Record<string, string>) =>
      editCredential({ db, member }, EditCredential.parse({ keyId: own.keyId, ...input }));

    expect(await change({ name: 'mine' })).toMatchObject({ ok: true });
    expect(await change({ dailyLimit: '5', expiration: '30' })).toMatchObject({ ok: true });
    expect(await change({ dailyLimit: '6' })).toEqual({ ok: false, reason: 'only_managers' });
    expect(await change({ expiration: 'never' })).toEqual({ ok: false, reason: 'only_managers' });
    expect(await rowOf(db, own.id)).toMatchObject({ name: 'mine', dailyLimit: 5 });
    expect(await edit({ name: 'x' }, member)).toEqual({ ok: false, reason: 'not_found' });
    expect(await edit({ name: 'x' }, await aMember(db, 'owner'))).toEqual({ ok: false, reason: 'not_found' });
    expect((await rowOf(db, teams.id)).name).toBe('Key');
    const visitor = { ...member, role: 'visitor' } as never; // No such role exists.
    await expect(edit({ name: 'x' }, visitor)).rejects.toThrow(Forbidden);
  }),
);
