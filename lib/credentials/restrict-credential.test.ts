import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { credentials } from '#db/schema/credentials.ts';
import { accessEpoch } from '#db/schema/gateway.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { openAdmission } from '#lib/admission/admission.ts';
import { refusalOf } from '#tests/support/admission.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { RestrictCredential, restrictCredential } from './restrict-credential.ts';

const listsOf = async (db: Db, id: string) => {
  const [row] = await db.select().from(credentials).where(eq(credentials.id, id));
  return [row!.allowedIps, row!.allowedDomains];
};
const epochOf = async (db: Db) => (await db.select().from(accessEpoch))[0]!.epoch;
const lists = { allowedIps: ['203.0.113.9'], allowedDomains: ['shop.example.com'] };

test(
  'a change is stored, raises the epoch, and is audited with both states',
  withDb(async (db) => {
    const member = await aMember(db, 'admin');
    const app = await anApplication(db, member);
    const key = await aCredential(db, app, { allowedIps: ['198.51.100.0/24'] });
    const bystander = await aCredential(db, app);
    const before = await epochOf(db);

    expect(await restrictCredential({ db, member }, { keyId: key.keyId, ...lists })).toMatchObject({
      ok: true,
      ...lists,
      receipt: { epoch: before + 1 },
    });
    expect(await listsOf(db, key.id)).toEqual([['203.0.113.9'], ['shop.example.com']]);
    expect(await listsOf(db, bystander.id)).toEqual([[], []]);
    expect(await auditTrail(db, eq(auditEvents.subjectId, key.keyId))).toMatchObject([
      {
        action: 'credential.restrict',
        before: { allowedIps: ['198.51.100.0/24'], allowedDomains: [] },
        after: lists,
      },
    ]);
  }),
);

test(
  'saving the same restrictions changes nothing and does not wait',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const { keyId } = await aCredential(db, await anApplication(db, member), lists);
    const before = await epochOf(db);

    expect(await restrictCredential({ db, member }, { keyId, ...lists })).toEqual({
      ok: true,
      ...lists,
      receipt: null,
    });
    expect(await epochOf(db)).toBe(before);
    expect(await db.$count(auditEvents, eq(auditEvents.subjectId, keyId))).toBe(0);
  }),
);

test(
  'whether requests without a domain are accepted is stored and audited, and rejected unless said otherwise',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, member), lists);
    const form = { keyId: key.keyId, allowedIps: '', allowedDomains: 'shop.example.com' };
    const read = async () => (await db.select().from(credentials).where(eq(credentials.id, key.id)))[0];

    for (const [originRequired, expected] of [
      ['false', false],
      [undefined, true],
    ] as const) {
      await restrictCredential({ db, member }, RestrictCredential.parse({ ...form, originRequired }));
      expect((await read())?.originRequired).toBe(expected);
    }
    expect(await auditTrail(db, eq(auditEvents.subjectId, key.keyId))).toMatchObject([
      { before: { originRequired: true }, after: { originRequired: false } },
      { before: { originRequired: false }, after: { originRequired: true } },
    ]);
  }),
);

test(
  "a revoked key can't be changed; another team's key looks absent",
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member);
    const revoked = await aCredential(db, app, { status: 'revoked', revokedAt: new Date() });
    const theirs = await aCredential(db, await anApplication(db, await aMember(db, 'owner')));

    expect(await restrictCredential({ db, member }, { keyId: revoked.keyId, ...lists })).toEqual({
      ok: false,
      reason: 'already_revoked',
    });
    for (const keyId of [theirs.keyId, 'AAAAAAAAAAAAAAAA']) {
      expect(await restrictCredential({ db, member }, { keyId, ...lists })).toEqual({
        ok: false,
        reason: 'not_found',
      });
    }
    expect(await listsOf(db, revoked.id)).toEqual([[], []]);
    expect(await listsOf(db, theirs.id)).toEqual([[], []]);
  }),
);

test(
  'members can restrict only their own key, managers any key of the team, and others none',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const member = await aMember(db, 'member', owner);
    const colleague = await aMember(db, 'member', owner);
    const app = await anApplication(db, owner);
    const own = await aCredential(db, app, { memberId: member.memberId });
    const colleagueKey = await aCredential(db, app, { memberId: colleague.memberId });
    const teams = await aCredential(db, app);
    const restrict = (who: typeof member, keyId: string) =>
      restrictCredential({ db, member: who }, { keyId, ...lists });

    expect(await restrict(member, own.keyId)).toMatchObject({ ok: true });
    expect(await restrict(member, colleagueKey.keyId)).toEqual({ ok: false, reason: 'not_found' });
    expect(await restrict(member, teams.keyId)).toEqual({ ok: false, reason: 'not_found' });
    expect(await listsOf(db, colleagueKey.id)).toEqual([[], []]);
    expect(await restrict(owner, colleagueKey.keyId)).toMatchObject({ ok: true });
    await expect(restrict({ ...member, role: 'visitor' } as never, own.keyId)).rejects.toThrow(Forbidden); // No such role exists.
  }),
);

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('the gateway enforces what was entered once it has applied the change', async () => {
  const { db, sql } = own;
  const member = await aMember(db, 'owner');
  const { keyId, id } = await aCredential(db, await anApplication(db, member));
  const admission = openAdmission({ sql, mayUseCache: () => true });
  const refusal = async (ip: string, origin: string) =>
    refusalOf((await admission.find(keyId))!, { clientIp: ip, origin });
  const shop = 'https://shop.xn--exmple-cua.com';
  expect(await refusal('192.0.2.1', 'https://evil.test')).toBeNull();

  const input = RestrictCredential.parse({
    keyId,
    allowedIps: '::ffff:203.0.113.9\n2001:DB8:5::1/48',
    allowedDomains: '*.Exämple.com',
  });
  expect(await restrictCredential({ db, member }, input)).toMatchObject({ ok: true });
  admission.forget({ kind: 'credential', id });

  expect(await refusal('192.0.2.1', shop)).toBe('ip_not_allowed');
  expect(await refusal('203.0.113.9', 'https://evil.test')).toBe('domain_not_allowed');
  expect(await refusal('203.0.113.9', shop)).toBeNull();
  expect(await refusal('2001:db8:5:ffff::2', shop)).toBeNull();
  expect(await refusal('2001:db8:6::2', shop)).toBe('ip_not_allowed');
});

test('concurrent changes are audited with what each replaced', async () => {
  const { db } = own;
  const member = await aMember(db, 'owner');
  const { keyId, id } = await aCredential(db, await anApplication(db, member));

  await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      restrictCredential({ db, member }, { keyId, allowedIps: [`10.0.0.${i + 1}`], allowedDomains: [] }),
    ),
  );

  const trail = await db
    .select({ before: auditEvents.before, after: auditEvents.after })
    .from(auditEvents)
    .where(eq(auditEvents.subjectId, keyId));
  const ipOf = (value: unknown) => (value as { allowedIps: string[] }).allowedIps[0]; // As written above.
  const next = new Map(trail.map(({ before, after }) => [ipOf(before), ipOf(after)]));
  let last: string | undefined;
  for (let i = 0; i < 20; i++) last = next.get(last);
  expect(await listsOf(db, id)).toEqual([[last], []]);
  expect(next.size).toBe(20);
});
