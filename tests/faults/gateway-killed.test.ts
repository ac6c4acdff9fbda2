import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { type GatewayFixture, gatewayFixture } from '#tests/support/gateway-fixture.ts';
import { startLoad } from '#tests/support/load.ts';
import { answers, freePort, type Running, start, temporaryFolder, until } from '#tests/support/processes.ts';
import { settledRecords } from '#tests/support/settled-records.ts';
import { stubUpstream } from '#tests/support/stub-upstream.ts';

/** `kill -9` in the middle of calls: what a client was told must be on record, and nothing else. */

const ROUNDS = 20;

let own: OwnDatabase;
let upstream: Awaited<ReturnType<typeof stubUpstream>>;
let keys: GatewayFixture;
const folder = temporaryFolder();
let gateway: Running | undefined;

beforeAll(async () => {
  own = await ownDatabase();
  upstream = await stubUpstream();
  keys = await gatewayFixture(own.db, { stub: upstream.url, raw: upstream.rawUrl, closed: upstream.rawUrl });
  await own.sql`update teams set daily_quota = 10000000`;
});

afterAll(async () => {
  await gateway?.stop();
  await upstream?.stop();
  await own?.drop();
  folder.remove();
});

test(`no call is lost, doubled or invented in ${ROUNDS} kills under load`, async () => {
  const port = await freePort();
  const env = { DATABASE_URL: own.url, DATA_DIR: folder.path, GATEWAY_PORT: String(port) };
  const up = async () => {
    gateway = start(['gateway.ts'], env);
    await until(answers(`http://127.0.0.1:${port}/_/readyz`), 'the gateway');
  };
  await up();
  const load = startLoad(`http://127.0.0.1:${port}`, {
    prefix: '/stub/items/',
    headers: { 'X-API-Key': keys.good.secretKey },
    connections: 32,
  });
  for (let round = 0; round < ROUNDS; round++) {
    const before = load.sent.length;
    await until(() => load.sent.length > before + 200, 'calls', 20_000);
    await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 300));
    await gateway!.stop('SIGKILL');
    await up();
  }
  const sent = await load.stop();
  const rows = await settledRecords(own.sql);

  const recorded = new Map(rows.map((row) => [row.id, row]));
  expect(recorded.size, 'none twice').toBe(rows.length);
  const answered = sent.filter((call) => call.status === 200);
  expect(answered.length).toBeGreaterThan(ROUNDS * 200);
  expect(answered.filter((call) => recorded.get(call.id!)?.status !== 200)).toEqual([]);
  expect(
    upstream.seen.filter((call) => !recorded.has(call.id)),
    'nothing reaches the upstream off the record',
  ).toEqual([]);
  const paths = new Set(sent.map((call) => call.path));
  expect(
    rows.filter((row) => !paths.has(row.path)),
    'no row without a call',
  ).toEqual([]);

  const [sums] = await own.sql`
    select (select coalesce(sum(requests), 0)::int from usage_daily where team_id = ${keys.team.teamId}) as daily,
      (select count(*)::int from usage_records where team_id = ${keys.team.teamId} and counted) as rows`;
  expect(sums!.daily, 'the counters are the rows').toBe(sums!.rows);
});
