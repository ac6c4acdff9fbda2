import { and, eq, like, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { applications } from '#db/schema/applications.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import { testerRequests } from '#db/schema/tester.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { ownDatabase, withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { connect, testerRows } from '#tests/support/tester-rows.ts';
import { findTesterEndpoints } from './find-tester-endpoints.ts';
import { listTesterCredentials } from './list-tester-credentials.ts';
import { listTesterRequests, readTesterRequest } from './list-tester-requests.ts';
import { prepareRequest, REQUESTS_A_MINUTE, REQUESTS_KEPT } from './prepare-request.ts';
import { readTesterForm } from './read-tester-form.ts';

test(
  'an admin can test with any active key of the team, and the request is in their history',
  withDb(async (db) => {
    const { member, api, key, send } = await testerRows(db, 'admin');
    const prepared = await prepareRequest({ db, member }, send());
    expect(prepared).toMatchObject({
      ok: true,
      call: { method: 'GET', target: `/${api.slug}/cities/lisbon`, headers: [['Accept', '*/*']], body: null },
      credential: { keyId: key.keyId, environment: 'development' },
    });
    const [past] = await listTesterRequests({ db, member });
    expect(past).toMatchObject({ keyId: key.keyId, method: 'GET', path: '/cities/{city}', status: null });
    expect(await readTesterRequest({ db, member }, { id: past!.id })).toEqual(send().values);
    const rows = await db.select().from(testerRequests);
    expect(JSON.stringify(rows)).not.toContain(key.secretKey);
  }),
);

test(
  'a member can only test with their own key',
  withDb(async (db) => {
    const { member, application, key, get, send } = await testerRows(db, 'member');
    const own = await aCredential(db, application, { memberId: member.memberId });
    const colleague = await aMember(db, 'member', member);
    const theirs = await aCredential(db, application, { memberId: colleague.memberId });

    expect((await listTesterCredentials({ db, member })).map(({ keyId }) => keyId)).toEqual([own.keyId]);
    for (const keyId of [key.keyId, theirs.keyId]) {
      expect(await prepareRequest({ db, member }, send({ keyId }))).toEqual({
        ok: false,
        reason: 'credential_not_found',
      });
      expect(await findTesterEndpoints({ db, member }, { keyId, query: '' })).toEqual([]);
      expect(await readTesterForm({ db, member }, { keyId, endpointId: get.id })).toBeNull();
    }
    expect(await prepareRequest({ db, member }, send({ keyId: own.keyId }))).toMatchObject({ ok: true });
  }),
);

test(
  "another team's key and endpoints look absent",
  withDb(async (db) => {
    const mine = await testerRows(db);
    const other = await testerRows(db);
    const { member } = mine;
    expect(await prepareRequest({ db, member }, other.send())).toEqual({
      ok: false,
      reason: 'credential_not_found',
    });
    // The member's own key, and an endpoint that only the other team's app is connected to.
    const stolen = mine.send({ endpointId: other.get.id });
    expect(await prepareRequest({ db, member }, stolen)).toEqual({
      ok: false,
      reason: 'endpoint_not_connected',
    });
    expect(
      await readTesterForm({ db, member }, { keyId: other.key.keyId, endpointId: other.get.id }),
    ).toBeNull();
    expect(await listTesterRequests({ db, member })).toEqual([]);
  }),
);

test(
  "members can't read each other's history",
  withDb(async (db) => {
    const { member, send } = await testerRows(db, 'admin');
    await prepareRequest({ db, member }, send());
    const [past] = await listTesterRequests({ db, member });
    const owner = await aMember(db, 'owner', member);
    expect(await listTesterRequests({ db, member: owner })).toEqual([]);
    expect(await readTesterRequest({ db, member: owner }, { id: past!.id })).toBeNull();
  }),
);

test(
  'only connected endpoints in the catalog can be called',
  withDb(async (db) => {
    const { member, get, unconnected, key, send } = await testerRows(db);
    const refused = { ok: false, reason: 'endpoint_not_connected' };
    expect(await prepareRequest({ db, member }, send({ endpointId: unconnected.id }))).toEqual(refused);
    expect(await prepareRequest({ db, member }, send({ endpointId: crypto.randomUUID() }))).toEqual(refused);
    await db.update(endpoints).set({ removedAt: new Date() }).where(eq(endpoints.id, get.id));
    expect(await prepareRequest({ db, member }, send())).toEqual(refused);
    const found = await findTesterEndpoints({ db, member }, { keyId: key.keyId, query: '' });
    expect(found.map(({ path }) => path)).toEqual(['/notes']);
  }),
);

test.each([
  ['paused', { status: 'paused' as const }],
  ['revoked', { status: 'revoked' as const, revokedAt: new Date() }],
  ['expired', { expiresAt: new Date(0) }],
])('a key that is %s can’t be used', (_state, values) =>
  withDb(async (db) => {
    const { member, key, send } = await testerRows(db);
    await db.update(credentials).set(values).where(eq(credentials.id, key.id));
    expect(await listTesterCredentials({ db, member })).toEqual([]);
    expect(await prepareRequest({ db, member }, send())).toMatchObject({ reason: 'credential_not_found' });
  })(),
);

test(
  'keys of archived apps and suspended members can’t be used',
  withDb(async (db) => {
    const { member, application, send } = await testerRows(db);
    const colleague = await aMember(db, 'member', member);
    const theirs = await aCredential(db, application, { memberId: colleague.memberId });
    await db.update(members).set({ status: 'suspended' }).where(eq(members.id, colleague.memberId));
    expect(await prepareRequest({ db, member }, send({ keyId: theirs.keyId }))).toMatchObject({
      reason: 'credential_not_found',
    });
    await db.update(applications).set({ archivedAt: new Date() }).where(eq(applications.id, application.id));
    expect(await listTesterCredentials({ db, member })).toEqual([]);
  }),
);

test(
  'a member who is suspended while their page is open can’t send requests',
  withDb(async (db) => {
    const { member, send } = await testerRows(db);
    await db.update(members).set({ status: 'suspended' }).where(eq(members.id, member.memberId));
    expect(await prepareRequest({ db, member }, send())).toEqual({ ok: false, reason: 'suspended' });
    expect(await db.$count(testerRequests)).toBe(0);
  }),
);

test(
  'a Production key is listed last, needs confirmation, and is recorded in the audit log',
  withDb(async (db) => {
    const { member, application, key, api, send } = await testerRows(db);
    const production = await aCredential(db, application, { environment: 'production' });
    expect((await listTesterCredentials({ db, member })).map(({ keyId }) => keyId)).toEqual([
      key.keyId,
      production.keyId,
    ]);
    const input = send({ keyId: production.keyId });
    expect(await prepareRequest({ db, member }, input)).toEqual({ ok: false, reason: 'confirmation_needed' });
    expect(await db.$count(testerRequests)).toBe(0);
    expect(await prepareRequest({ db, member }, { ...input, production: true })).toMatchObject({ ok: true });
    const events = await auditTrail(db, eq(auditEvents.action, 'credential.test'));
    expect(events).toMatchObject([
      { subjectId: production.keyId, after: { method: 'GET', path: `/${api.slug}/cities/{city}` } },
    ]);
    await prepareRequest({ db, member }, send());
    expect(await db.$count(auditEvents, eq(auditEvents.action, 'credential.test'))).toBe(1);
  }),
);

test(
  "an admin's test with a member's own key is recorded in the audit log",
  withDb(async (db) => {
    const { member, application, send } = await testerRows(db, 'admin');
    const colleague = await aMember(db, 'member', member);
    const theirs = await aCredential(db, application, { memberId: colleague.memberId });
    await prepareRequest({ db, member }, send({ keyId: theirs.keyId }));
    expect(await db.$count(auditEvents, eq(auditEvents.subjectId, theirs.keyId))).toBe(1);
  }),
);

test(
  'invalid values are reported by field, and nothing is stored',
  withDb(async (db) => {
    const { member, send } = await testerRows(db);
    const values = { ...send().values, path: { city: '../admin' }, header: { 'X-Latchkey-Ticket': 'x' } };
    const outcome = await prepareRequest({ db, member }, send({ values }));
    expect(outcome).toMatchObject({ ok: false, reason: 'invalid' });
    expect('fields' in outcome && Object.keys(outcome.fields)).toEqual([
      'header X-Latchkey-Ticket',
      'path city',
    ]);
    expect(await db.$count(testerRequests)).toBe(0);
  }),
);

test(
  'a search matches every word, and only finds endpoints connected to the credential’s app',
  withDb(async (db) => {
    const { member, key, get } = await testerRows(db);
    const search = async (query: string) =>
      (await findTesterEndpoints({ db, member }, { keyId: key.keyId, query })).map(({ id }) => id);
    expect(await search('CITIES get')).toEqual([get.id]);
    expect(await search('unconnected')).toEqual([]);
    expect(await search('%')).toEqual([]);
  }),
);

test(
  'a Production-only endpoint is listed for Production keys only',
  withDb(async (db) => {
    const { member, application, key, get } = await testerRows(db);
    const production = await aCredential(db, application, { environment: 'production' });
    await db.update(endpoints).set({ productionOnly: true }).where(eq(endpoints.id, get.id));
    const offered = async (keyId: string) =>
      (await findTesterEndpoints({ db, member }, { keyId, query: '' })).some(({ id }) => id === get.id);
    expect(await offered(key.keyId)).toBe(false);
    expect(await offered(production.keyId)).toBe(true);
  }),
);

test(
  'the last requests are kept; older ones are deleted once they’re outside the rate limit’s minute',
  withDb(async (db) => {
    const { member, send } = await testerRows(db);
    for (let i = 0; i < REQUESTS_KEPT + 3; i++) await prepareRequest({ db, member }, send());
    expect(await db.$count(testerRequests)).toBe(REQUESTS_KEPT + 3);
    expect(await listTesterRequests({ db, member })).toHaveLength(REQUESTS_KEPT);
    await db.update(testerRequests).set({ at: sql`now() - interval '2 minutes'` });
    await prepareRequest({ db, member }, send());
    expect(await db.$count(testerRequests)).toBe(REQUESTS_KEPT);
  }),
);

test('a member’s requests per minute are limited, even if concurrent; each member has their own limit', async () => {
  const own = await ownDatabase();
  try {
    const { db } = own;
    const { member, get, send } = await testerRows(db);
    const outcomes = await Promise.all(
      Array.from({ length: REQUESTS_A_MINUTE + 10 }, () => prepareRequest({ db, member }, send())),
    );
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(REQUESTS_A_MINUTE);
    const refused = outcomes.find(({ ok }) => !ok);
    expect(refused).toMatchObject({ reason: 'too_many', retryAfterSeconds: expect.any(Number) });
    const colleague = await aMember(db, 'admin', member);
    expect(await prepareRequest({ db, member: colleague }, send())).toMatchObject({ ok: true });
    // Another team has its own limit.
    const other = await aMember(db, 'owner');
    const otherApp = await anApplication(db, other);
    await connect(db, otherApp, get.id);
    const otherKey = await aCredential(db, otherApp);
    expect(await prepareRequest({ db, member: other }, send({ keyId: otherKey.keyId }))).toMatchObject({
      ok: true,
    });
    expect(await db.$count(auditEvents, and(like(auditEvents.action, 'credential.%')))).toBe(0);
  } finally {
    await own.drop();
  }
});
