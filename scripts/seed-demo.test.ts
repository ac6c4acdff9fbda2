import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asc, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { users } from '#db/schema/accounts.ts';
import { credentials } from '#db/schema/credentials.ts';
import { findMember, type Member } from '#lib/access/member.ts';
import { listEvents } from '#lib/audit/list-events.ts';
import { importDocument } from '#lib/catalog/import-document.ts';
import { credentialStatus } from '#lib/credentials/credential-status.ts';
import { reconcileDay } from '#lib/metering/reconcile.ts';
import { evaluateNotifications } from '#lib/notifications/evaluate-notifications.ts';
import { readPosture } from '#lib/posture/read-posture.ts';
import { describeReason } from '#lib/refusals/reasons.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { settings } from '#tests/support/settings.ts';
import { type Seeded, seedDemo } from './seed-demo.ts';

let own: OwnDatabase;
let seeded: Seeded;
let owner: Member;
const folder = mkdtempSync(join(tmpdir(), 'latchkey-demo-'));
const file = join(folder, 'demo.json');

beforeAll(async () => {
  own = await ownDatabase();
  const imported = await importDocument(
    { db: own.db, operator: 'operator', encryptionKey: '5a'.repeat(32), allowPrivateUpstreams: true },
    {
      source: readFileSync(join('sample', 'openapi.yaml'), 'utf8'),
      slug: 'weather',
      upstream: 'http://127.0.0.1:9',
    },
  );
  if (!imported.ok) throw new Error(JSON.stringify(imported.problems));
  seeded = await seedDemo(own.db, own.sql, file);
  const [person] = await own.db.select().from(users).where(eq(users.email, seeded.owner.email));
  const user = {
    ...{ userId: person!.id, name: person!.name, email: person!.email },
    ...{
      sessionId: crypto.randomUUID(),
      emailVerified: true,
      isOperator: false,
      hasSecondFactor: false,
      ip: null,
    },
  };
  owner = (await findMember(own.db, user, seeded.team.slug))!;
});

afterAll(async () => {
  await own.drop();
  rmSync(folder, { recursive: true });
});

test('the file for other programs has the documented fields', () => {
  const login = { email: expect.stringMatching(/@example\.com$/), password: expect.any(String) };
  const keys = {
    sharedKey: expect.stringMatching(/^lk_pk_/),
    secretKey: expect.stringMatching(/^lk_sk_/),
  };
  expect(seeded).toEqual({
    ...{ operator: login, owner: login, admin: login, member: login },
    team: { slug: 'harbour-labs', apiId: expect.stringMatching(/^team_/) },
    application: { id: expect.stringMatching(/^app_/) },
    ...{ credential: keys, memberCredential: keys },
  });
});

test('the quota, the rows and all of their sums agree on every one of the ninety days', async () => {
  const days = await own.db.execute<{ day: string; calls: number }>(
    sql`select day::text as day, count(*)::int as calls from usage_records group by day order by day`,
  );
  expect(days.length).toBeGreaterThanOrEqual(89);
  for (const { day } of days) expect((await reconcileDay(own.db, { day })).differing, day).toEqual([]);
  // Today has only just begun.
  expect(days.slice(0, -1).every(({ calls }) => calls > 20)).toBe(true);
});

test('no key is newer than its requests, and no request is in the future', async () => {
  const rows = await own.db.execute(sql`
    select c.name from usage_records r join credentials c on c.id = r.credential_id
    where r.at < c.created_at or r.at > now() limit 5`);
  expect([...rows]).toEqual([]);
});

test('keys that couldn’t be used have no accepted requests after that', async () => {
  const rows = await own.db.execute(sql`
    select c.name, r.at from usage_records r join credentials c on c.id = r.credential_id
    where r.outcome <> 'refused' and r.at > least(c.expires_at, c.retires_at, c.revoked_at, c.paused_at) limit 5`);
  expect([...rows]).toEqual([]);
});

test('client addresses are from documentation ranges', async () => {
  const rows = await own.db.execute(
    sql`select distinct client_ip from usage_records
    where client_ip !~ '^(192\\.0\\.2|198\\.51\\.100|203\\.0\\.113)\\.'`,
  );
  expect([...rows]).toEqual([]);
});

test('there is a key in every state, and the printed one is not restricted', async () => {
  const keys = await own.db
    .select({ name: credentials.name, status: credentialStatus, keyId: credentials.keyId })
    .from(credentials)
    .orderBy(asc(credentials.name));
  expect(new Set(keys.map(({ status }) => status))).toEqual(
    new Set(['active', 'retiring', 'paused', 'expired', 'revoked']),
  );
  const [printed] = await own.db
    .select()
    .from(credentials)
    .where(eq(credentials.keyId, seeded.credential.sharedKey.split('_').at(-1)!));
  expect(printed).toMatchObject({
    ...{ status: 'active', environment: 'production', expiresAt: null, dailyLimit: null },
    ...{ allowedIps: [], allowedDomains: [] },
  });
});

test('the security page has findings, and the audit log shows who did what', async () => {
  const { findings, score } = await readPosture({ db: own.db, member: owner });
  const kinds = new Set(findings.map(({ kind }) => kind));
  for (const kind of ['expires_soon', 'expired_called', 'production_without_ip', 'inactive_member'])
    expect(kinds).toContain(kind);
  expect(score).toBeGreaterThan(30);
  const { events } = await listEvents({ db: own.db, member: owner }, {});
  expect(events.length).toBeGreaterThan(20);
});

test('past events of the demo don’t notify anyone again', async () => {
  expect(await evaluateNotifications({ db: own.db, reasonWords: describeReason, settings })).toEqual({
    notified: 0,
    emails: 0,
  });
});

test('a second start finds the data by its file, and reports when that is missing', async () => {
  await expect(seedDemo(own.db, own.sql, file)).rejects.toThrow(/Start again with an empty DATA_DIR/);
  writeFileSync(file, JSON.stringify(seeded));
  expect(await seedDemo(own.db, own.sql, file)).toEqual(seeded);
});
