import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseClock, setDatabaseClock } from '#tests/support/database-clock.ts';
import { aCredential, anApplication, aTeam } from '#tests/support/factories.ts';
import { type Gateways, startGateways } from '#tests/support/gateways.ts';
import { settledRecords } from '#tests/support/settled-records.ts';

/** Two gateways, one with a clock that is a day ahead: keys expire and days change by the database's clock only. */

const TOLERANCE_MS = 250;

let running: Gateways;

beforeAll(async () => {
  running = await startGateways(
    2,
    async ({ databaseUrl }) => ({ DATABASE_URL: await databaseClock(databaseUrl) }),
    (index) => [...(index === 1 ? ['--import', './tests/support/clock-a-day-ahead.mjs'] : []), 'gateway.ts'],
  );
});

afterAll(() => running?.stop());

type Called = { gateway: number; atMs: number; status: number; retryAfter: number | null };

/** Sends requests to both gateways every 10 ms. Times are by the database's clock, `aheadMs` ahead of this process. */
async function callFor(ms: number, secretKey: string, aheadMs: number): Promise<Called[]> {
  const called: Called[] = [];
  const underway: Promise<void>[] = [];
  const until = Date.now() + ms;
  while (Date.now() < until) {
    running.gateways.forEach(({ origin }, gateway) => {
      const atMs = Date.now() + aheadMs;
      underway.push(
        fetch(`${origin}/stub/ok`, { headers: { 'X-API-Key': secretKey } }).then(async (response) => {
          await response.arrayBuffer();
          const retryAfter = response.headers.get('retry-after');
          called.push({
            gateway,
            atMs,
            status: response.status,
            retryAfter: retryAfter === null ? null : Number(retryAfter),
          });
        }),
      );
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await Promise.all(underway);
  return called.sort((a, b) => a.atMs - b.atMs);
}

/** The processes notice a changed clock at their next renewal. */
const followed = () => new Promise((resolve) => setTimeout(resolve, 1_500));

test('a key expires on the second', async () => {
  const aheadMs = await setDatabaseClock(running.own.url, '12:00:00');
  await followed();
  const endsAt = Date.now() + aheadMs + 2_000;
  const key = await aCredential(running.own.db, running.keys.application, { expiresAt: new Date(endsAt) });
  const called = await callFor(4_000, key.secretKey, aheadMs);
  for (const gateway of [0, 1]) {
    const of = called.filter((call) => call.gateway === gateway);
    const lastPassed = of.findLast((call) => call.status === 200)!;
    const firstRefused = of.find((call) => call.status === 401)!;
    expect(Math.abs(lastPassed.atMs - endsAt)).toBeLessThan(TOLERANCE_MS);
    expect(Math.abs(firstRefused.atMs - endsAt)).toBeLessThan(TOLERANCE_MS);
    expect(of.every((call) => call.status === (call.atMs <= lastPassed.atMs ? 200 : 401))).toBe(true);
  }
});

test('at midnight UTC the quota resets, and every request belongs to one day', async () => {
  const { db, sql } = running.own;
  const team = await aTeam(db, { dailyQuota: 100 });
  const application = await anApplication(db, team);
  await sql`insert into application_endpoints (team_id, application_id, endpoint_id)
    select ${team.teamId}, ${application.id}, endpoint_id from application_endpoints where application_id = ${running.keys.application.id}`;
  const key = await aCredential(db, application);

  const aheadMs = await setDatabaseClock(running.own.url, '23:59:55');
  await followed();
  const midnight = Math.ceil((Date.now() + aheadMs) / 86_400_000) * 86_400_000;
  expect(midnight - (Date.now() + aheadMs)).toBeLessThan(5_000);
  const called = await callFor(midnight - (Date.now() + aheadMs) + 400, key.secretKey, aheadMs);

  const before = called.filter((call) => call.atMs < midnight - TOLERANCE_MS);
  expect(before.filter((call) => call.status === 200)).toHaveLength(100);
  const refused = before.filter((call) => call.status === 429);
  expect(refused.length).toBeGreaterThan(100);
  for (const call of refused)
    expect(Math.abs(call.atMs + call.retryAfter! * 1_000 - midnight)).toBeLessThan(1_000 + TOLERANCE_MS);
  for (const gateway of [0, 1]) {
    const again = called.find(
      (call) => call.gateway === gateway && call.status === 200 && call.atMs > before.at(-1)!.atMs,
    );
    expect(Math.abs(again!.atMs - midnight), `gateway ${gateway}`).toBeLessThan(TOLERANCE_MS * 2);
  }

  await settledRecords(sql, running.folder);
  const days = await sql<{ day: string; calls: number; astray: number }[]>`
    select day::text, count(*)::int as calls, count(*) filter (where (at at time zone 'utc')::date <> day)::int as astray
    from usage_records where credential_id = ${key.id} and counted group by day order by day`;
  expect(days.map(({ astray }) => astray)).toEqual([0, 0]);
  expect(days[0]!.calls).toBe(100);
  expect(days[1]!.calls).toBe(called.filter((call) => call.status === 200).length - 100);
});
