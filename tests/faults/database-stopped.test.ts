import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '#db/client.ts';
import { type Embedded, startEmbedded } from '#db/embedded.ts';
import { migrate } from '#db/migrate.ts';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { type GatewayFixture, gatewayFixture } from '#tests/support/gateway-fixture.ts';
import { startLoad } from '#tests/support/load.ts';
import { freePort, type Running, responds, start, temporaryFolder, until } from '#tests/support/processes.ts';
import { settledRecords } from '#tests/support/settled-records.ts';
import { stubUpstream } from '#tests/support/stub-upstream.ts';
import { tcpProxy } from '#tests/support/tcp-proxy.ts';

/** PostgreSQL is stopped for twenty seconds under load, and started again. */

const OUTAGE_MS = 20_000;
const portOf = (url: string) => Number(new URL(url).port);

let postgres: Embedded;
let proxy: Awaited<ReturnType<typeof tcpProxy>>;
let upstream: Awaited<ReturnType<typeof stubUpstream>>;
let keys: GatewayFixture;
let gateway: Running | undefined;
let url: string;
const folder = temporaryFolder();

beforeAll(async () => {
  postgres = await startEmbedded(folder.path, ['fsync=off']);
  await migrate(postgres.url);
  proxy = await tcpProxy(portOf(postgres.url));
  url = postgres.url.replace(`:${portOf(postgres.url)}/`, `:${proxy.port}/`);
  upstream = await stubUpstream();
  const { db, sql } = connect(url);
  keys = await gatewayFixture(db, { stub: upstream.url, raw: upstream.rawUrl, closed: upstream.rawUrl });
  await sql`update teams set daily_quota = 10000000, burst_requests = 1000000, burst_window_seconds = 1`;
  await sql.end();
});

afterAll(async () => {
  await gateway?.stop();
  await upstream?.stop();
  await proxy?.stop();
  await postgres?.stop();
  folder.remove();
});

test('known keys keep working, unknown keys get 503, and nothing is lost', async () => {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  gateway = start(['gateway.ts'], { DATABASE_URL: url, DATA_DIR: folder.path, GATEWAY_PORT: String(port) });
  await until(responds(`${origin}/_/readyz`), 'the gateway');
  const load = startLoad(origin, {
    prefix: '/stub/items/',
    headers: { 'X-API-Key': keys.good.secretKey },
    connections: 8,
  });
  // The quota reserve follows the rate of the last seconds.
  await until(() => load.sent.length > 500 && Date.now() - load.sent[0]!.atMs > 3_000, 'calls');

  await postgres.stop();
  const stoppedAt = Date.now();
  const unknown = await fetch(`${origin}/stub/ok`, {
    headers: { 'X-API-Key': mintKeyPair('production').secretKey },
  }).catch((cause) => {
    throw new Error(`the gateway does not response:\n${gateway!.output()}`, { cause });
  });
  expect([unknown.status, unknown.headers.has('retry-after')]).toEqual([503, true]);
  expect(((await unknown.json()) as { code: string }).code).toBe('temporarily_unavailable');
  await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS - (Date.now() - stoppedAt)));
  const backAt = Date.now();
  postgres = await startEmbedded(folder.path, ['fsync=off']);
  proxy.restore(portOf(postgres.url));

  const late = fetchUntilKnown(`${origin}/stub/ok`, keys.other.secretKey);
  await until(() => load.sent.length > 0 && Date.now() - backAt > 4_000, 'calls after the outage');
  expect(await late, 'a key that was never used works again').toBe(200);
  const sent = await load.stop();

  const during = sent.filter((call) => call.atMs > stoppedAt && call.atMs < backAt - 50);
  expect(during.length).toBeGreaterThan(500);
  expect(
    during.filter((call) => call.status !== 200),
    'requests with a known key during the outage',
  ).toEqual([]);

  const { sql } = connect(url);
  const rows = new Map((await settledRecords(sql, folder.path)).map((row) => [row.id, row]));
  await sql.end();
  const answered = sent.filter((call) => call.status === 200);
  expect(answered.filter((call) => rows.get(call.id!)?.status !== 200)).toEqual([]);
  expect(upstream.seen.filter((call) => !rows.has(call.id))).toEqual([]);
  const paths = new Set([...sent.map((call) => call.path), '/stub/ok']);
  expect([...rows.values()].filter((row) => !paths.has(row.path))).toEqual([]);
});

/** The status once it is no longer 503; at most five seconds. */
async function fetchUntilKnown(address: string, secretKey: string): Promise<number> {
  const giveUpAt = Date.now() + 5_000;
  for (;;) {
    const response = await fetch(address, { headers: { 'X-API-Key': secretKey } });
    await response.arrayBuffer();
    if (response.status !== 503 || Date.now() > giveUpAt) return response.status;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
