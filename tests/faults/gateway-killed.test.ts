import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateways, startGateways } from '#tests/support/gateways.ts';
import { startLoad } from '#tests/support/load.ts';
import { until } from '#tests/support/processes.ts';
import { settledRecords } from '#tests/support/settled-records.ts';

/** `kill -9` during requests: exactly the responses that clients got are recorded. */

const KILLS = 20;
const CALLS = 100_000;
const CONNECTIONS = 64;
const ONE_ABORT_IN = 50;

let running: Gateways;

beforeAll(async () => {
  running = await startGateways(2);
  await running.own
    .sql`update teams set daily_quota = 10000000, burst_requests = 1000000, burst_window_seconds = 1`;
});

afterAll(() => running?.stop());

test(`${KILLS} kills lose, duplicate or invent none of ${CALLS} requests on ${CONNECTIONS} connections over two gateways`, async () => {
  const { gateways, keys, upstream, own } = running;
  const loads = gateways.map(({ origin }, index) =>
    startLoad(origin, {
      prefix: `/stub/items/${index}-`,
      headers: { 'X-API-Key': keys.good.secretKey },
      connections: CONNECTIONS / gateways.length,
      oneAbortIn: ONE_ABORT_IN,
    }),
  );
  const answeredSoFar = () => loads.reduce((sum, load) => sum + load.answered(), 0);
  for (let kill = 0; kill < KILLS; kill++) {
    await until(() => answeredSoFar() > ((kill + 1) * CALLS) / (KILLS + 1), 'calls', 120_000);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
    const victim = gateways[kill % 2]!;
    await victim.running.stop('SIGKILL');
    await victim.restart();
  }
  await until(() => answeredSoFar() > CALLS, 'calls', 120_000);
  const sent = (await Promise.all(loads.map((load) => load.stop()))).flat();
  const rows = await settledRecords(own.sql, running.folder);

  const recorded = new Map(rows.map((row) => [row.id, row]));
  expect(recorded.size, 'no duplicates').toBe(rows.length);
  const answered = sent.filter((call) => call.status === 200);
  expect(answered.length).toBeGreaterThan(CALLS);
  expect(answered.filter((call) => recorded.get(call.id!)?.status !== 200)).toEqual([]);
  expect(
    upstream.seen.filter((call) => !recorded.has(call.id)),
    'nothing reaches the upstream without a record',
  ).toEqual([]);
  const paths = new Set(sent.map((call) => call.path));
  expect(
    rows.filter((row) => !paths.has(row.path)),
    'no row without a request',
  ).toEqual([]);
  expect(rows.some((row) => row.outcome === 'aborted')).toBe(true);

  const [sums] = await own.sql`
    select (select coalesce(sum(requests), 0)::int from usage_daily where team_id = ${keys.team.teamId}) as daily,
      (select count(*)::int from usage_records where team_id = ${keys.team.teamId} and counted) as rows,
      (select reserved from quota_days where kind = 'team' and subject_id = ${keys.team.teamId}) as reserved`;
  expect(sums!.daily, 'the counters match the rows').toBe(sums!.rows);
  expect(sums!.reserved, 'no more was used than was reserved').toBeGreaterThanOrEqual(sums!.rows);
});
