import { afterEach, beforeEach, expect, test } from 'vitest';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aCredential, anApplication, aTeam } from '#tests/support/factories.ts';
import { temporaryFolder } from '#tests/support/processes.ts';
import { aSpooledCall } from '#tests/support/usage-rows.ts';
import { type LineSubject, summaryLine } from './lines.ts';
import { reconcileDay } from './reconcile.ts';
import { RefusalSummaries } from './refusal-summaries.ts';
import { startShipper } from './ship.ts';
import { openSpool } from './spool.ts';

let own: OwnDatabase;
let folder: ReturnType<typeof temporaryFolder>;
let key: Parameters<typeof aSpooledCall>[0];
beforeEach(async () => {
  own = await ownDatabase();
  folder = temporaryFolder();
  key = { ...(await aCredential(own.db, await anApplication(own.db, await aTeam(own.db)))), memberId: null };
});
afterEach(async () => {
  await own.drop();
  folder.remove();
});

const revoked = { status: 403, reason: 'credential_revoked', latencyMs: 2 };
const count = async (table: string, column: string) =>
  Number(
    (await own.sql.unsafe<{ n: string }[]>(`select coalesce(sum(${column}), 0) as n from ${table}`))[0]!.n,
  );

/** Sends rejected requests through a spool to the database. */
async function refuseAll(calls: Iterable<LineSubject>, refusals: (typeof revoked)[]): Promise<number> {
  const nodeId = crypto.randomUUID();
  const spool = openSpool({ dir: folder.path, nodeId, durability: 'process' });
  const shipper = startShipper({ sql: own.sql, spool, dir: folder.path, nodeId, everyMs: 20 });
  let sent = 0;
  let written: Promise<unknown>[] = [];
  for (const call of calls) {
    written.push(spool.refuse(call, refusals[sent++ % refusals.length]!));
    if (sent % 500 === 0) {
      await Promise.all(written);
      written = [];
    }
  }
  await Promise.all(written);
  await shipper.stop();
  return spool.backlog().writtenBytes;
}

test('40,000 rejected requests in a row take few rows and bytes, and every sum is exact', async () => {
  const now = new Date();
  const day = now.toISOString().slice(0, 10);
  function* calls() {
    for (let i = 0; i < 40_000; i++)
      yield aSpooledCall(key, now, {
        path: `/v1/${'x'.repeat(1_500)}/${i}`,
        userAgent: `bot/${i} ${'y'.repeat(300)}`,
        clientIp: `198.51.100.${i % 3}`,
      });
  }
  const bytes = await refuseAll(calls(), [revoked]);

  expect(bytes).toBeLessThan(200_000);
  expect(await count('usage_records', '1')).toBeLessThan(200);
  expect(await count('usage_records', 'length(path) + length(user_agent)')).toBeLessThan(100_000);
  for (const table of ['usage_minutes', 'usage_hours', 'usage_days', 'usage_clients'])
    expect([await count(table, 'calls'), await count(table, 'refused')], table).toEqual([40_000, 40_000]);
  expect(await count('usage_daily', 'refused')).toBe(40_000);
  expect(await count('usage_daily', 'requests')).toBe(0);
  expect((await reconcileDay(own.db, { day })).differing).toEqual([]);
  // The callers are known exactly.
  expect(await own.sql`select client_ip, calls from usage_clients order by 1`).toEqual([
    { client_ip: '198.51.100.0', calls: 13_334 },
    { client_ip: '198.51.100.1', calls: 13_333 },
    { client_ip: '198.51.100.2', calls: 13_333 },
  ]);
}, 60_000);

test('every kind of rejection is bounded, and counted by its reason', async () => {
  const reasons = [
    'credential_revoked',
    'quota_exceeded',
    'rate_limited',
    'ip_not_allowed',
    'unknown_endpoint',
  ];
  const now = new Date();
  function* calls() {
    for (let i = 0; i < 10_000; i++) yield aSpooledCall(key, now);
  }
  await refuseAll(
    calls(),
    reasons.map((reason) => ({ ...revoked, reason })),
  );
  expect(await count('usage_records', '1')).toBeLessThan(300);
  expect(await own.sql`select reason, sum(calls)::int as n from usage_days group by 1 order by 1`).toEqual(
    [...reasons].sort().map((reason) => ({ reason, n: 2_000 })),
  );
}, 30_000);

test('rejected requests from countless addresses are bounded too; the first addresses are kept', async () => {
  const now = new Date();
  function* calls() {
    for (let i = 0; i < 5_000; i++) yield aSpooledCall(key, now, { clientIp: `10.1.${i >> 8}.${i & 255}` });
  }
  await refuseAll(calls(), [revoked]);
  expect(await count('usage_records', '1')).toBeLessThan(300);
  expect(await count('usage_clients', 'calls')).toBe(5_000);
  expect(await count('usage_clients', '1')).toBeGreaterThan(100);
}, 30_000);

test('each key has its own rate: a few rejected requests all get a row', async () => {
  let now = 0;
  const summaries = new RefusalSummaries(() => now);
  const other = { ...key, id: crypto.randomUUID() };
  const calls = (of: typeof key, n: number) =>
    Array.from({ length: n }, () => summaries.takes(aSpooledCall(of, new Date()), revoked));
  expect(calls(key, 100)).toEqual(Array(100).fill(false));
  expect(calls(key, 5)).toEqual(Array(5).fill(true));
  expect(calls(other, 100)).toEqual(Array(100).fill(false));
  expect(summaries.due()).toEqual([]);
  now = 600;
  expect(summaries.due()).toMatchObject([{ requests: 5, reason: 'credential_revoked', latencyMs: 2 }]);
  expect(summaries.due({ all: true })).toEqual([]);
  now = 2_000;
  expect(calls(key, 3)).toEqual([false, false, true]);
});

test('under a steady attack a summary is written every ten seconds, with one row per minute', () => {
  let now = 0;
  const summaries = new RefusalSummaries(() => now);
  const start = Date.UTC(2026, 4, 1, 12, 0, 55);
  const written: { at: number; requests: number }[] = [];
  for (; now < 30_000; now += 10) {
    summaries.takes(aSpooledCall(key, new Date(start + now)), revoked);
    if (now % 250 === 0) for (const { requests } of summaries.due()) written.push({ at: now, requests });
  }
  expect(written.length).toBeLessThanOrEqual(4);
  const rest = summaries.due({ all: true }).reduce((sum, { requests }) => sum + requests, 0);
  const summed = written.reduce((sum, { requests }) => sum + requests, rest);
  expect(summed).toBeGreaterThanOrEqual(3_000 - 130);
  expect(summed).toBeLessThanOrEqual(3_000 - 100);
});

test('a summary that can’t be written is counted in the next one', () => {
  const summaries = new RefusalSummaries(() => 0);
  for (let i = 0; i < 107; i++) summaries.takes(aSpooledCall(key, new Date(0)), revoked);
  const [summary] = summaries.due({ all: true });
  summaries.restore(summary!);
  summaries.takes(aSpooledCall(key, new Date(0)), revoked);
  expect(summaries.due({ all: true })).toMatchObject([{ requests: 8 }]);
});

test('a secret key in a truncated path is masked and leaves no fragment', () => {
  const { secretKey } = mintKeyPair('production');
  for (const before of [0, 60, 100, 120, 127, 200]) {
    const call = aSpooledCall(key, new Date(), {
      path: `/${'x'.repeat(before)}${secretKey.replaceAll('_', '%5F')}`,
      userAgent: `${'y'.repeat(before)} ${secretKey}`,
    });
    const line = summaryLine({ call, ...revoked, requests: 3 });
    expect(line).not.toContain(secretKey.slice(11, 16));
    expect(line.length).toBeLessThan(900);
  }
});
