import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect } from '#db/client.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aTeam } from '#tests/support/factories.ts';
import { openQuota, QuotaUnknown, settleGrants } from './allowance.ts';

let own: OwnDatabase;
let ends: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  own = await ownDatabase();
});
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
  await own.drop();
});

let now = Date.UTC(2026, 4, 1, 23, 59, 50);
const clock = { nowMs: () => now, day: () => new Date(now).toISOString().slice(0, 10) };

function aProcess() {
  const { sql } = connect(own.url, { max: 3 });
  const nodeId = crypto.randomUUID();
  const quota = openQuota({ sql, nodeId, clock });
  ends.push(() => sql.end({ timeout: 1 }), quota.stop);
  return { ...quota, nodeId, sql };
}

const holder = async (dailyQuota: number) => ({
  teamId: (await aTeam(own.db, { dailyQuota })).teamId,
  dailyQuota,
});
const reserved = async (teamId: string) =>
  (
    await own.sql`select reserved from quota_days where kind = 'team' and subject_id = ${teamId} order by day desc`
  )[0]?.reserved;

async function takeMany(
  processes: ReturnType<typeof aProcess>[],
  team: Awaited<ReturnType<typeof holder>>,
  calls: number,
) {
  let next = 0;
  let admitted = 0;
  const worker = async () => {
    for (let i = next++; i < calls; i = next++) {
      if ((await processes[i % processes.length]!.take(team)).ok) admitted++;
    }
  };
  await Promise.all(Array.from({ length: 64 }, worker));
  return admitted;
}

test('exactly the limit is admitted over two processes, twenty times', async () => {
  const processes = [aProcess(), aProcess()];
  for (let round = 0; round < 20; round++) {
    expect(await takeMany(processes, await holder(1_000), 3_000), `round ${round}`).toBe(1_000);
  }
});

test('a limit of nothing admits nothing, and a small one exactly itself', async () => {
  const one = aProcess();
  expect(await takeMany([one], await holder(0), 50)).toBe(0);
  expect(await takeMany([one], await holder(3), 50)).toBe(3);
});

test('the answer says what is left and when the day ends, never rising', async () => {
  const one = aProcess();
  const team = await holder(500);
  let last = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 500; i++) {
    const taken = await one.take(team);
    if (!taken.ok) throw new Error(`refused at ${i}`);
    expect(taken.remaining).toBeLessThan(last);
    expect(taken.remaining).toBeGreaterThanOrEqual(0);
    last = taken.remaining;
    expect(taken.resetSeconds).toBe(10);
  }
  expect(last).toBe(0);
  expect(await one.take(team)).toEqual({ ok: false, limit: 500, resetSeconds: 10 });
});

test('a new UTC day begins with the whole quota', async () => {
  const one = aProcess();
  const team = await holder(2);
  const before = now;
  expect([(await one.take(team)).ok, (await one.take(team)).ok, (await one.take(team)).ok]).toEqual([
    true,
    true,
    false,
  ]);
  now = Date.UTC(2026, 4, 2);
  expect(await one.take(team)).toMatchObject({ ok: true, day: '2026-05-02', resetSeconds: 86_400 });
  now = before;
});

test('a raised limit works on the next call, a lowered one too', async () => {
  const one = aProcess();
  const team = await holder(100);
  expect(await takeMany([one], team, 80)).toBe(80);

  expect((await one.take({ ...team, dailyQuota: 50 })).ok).toBe(false);
  expect(await takeMany([one], { ...team, dailyQuota: 90 }, 50)).toBe(10);
});

test('what is not used is returned at a clean stop', async () => {
  const one = aProcess();
  const team = await holder(1_000);
  await takeMany([one], team, 7);
  await one.stop();

  expect(await reserved(team.teamId)).toBe(7);
});

test('a call that never reached its upstream is given back', async () => {
  const one = aProcess();
  const team = await holder(1);
  const taken = await one.take(team);
  if (!taken.ok) throw new Error('refused');
  one.giveBack(team, taken.day);

  expect((await one.take(team)).ok).toBe(true);
  expect((await one.take(team)).ok).toBe(false);
});

test('what a dead process held is returned once its calls are on record, and only once', async () => {
  const dead = aProcess();
  const team = await holder(1_000);
  await takeMany([dead], team, 5);
  for (let i = 0; i < 5; i++) {
    await own.sql`
      insert into usage_records (id, at, day, team_id, application_id, credential_id, environment, method, path, outcome, counted, client_ip, node_id)
      values (${crypto.randomUUID()}, now(), '2026-05-01', ${team.teamId}, ${team.teamId}, ${team.teamId}, 'production', 'GET', '/', 'answered', true, '', ${dead.nodeId})`;
  }

  await settleGrants(own.sql, dead.nodeId);
  await settleGrants(own.sql, dead.nodeId);

  expect(await reserved(team.teamId)).toBe(5);
});

test('without the database what is held is handed out, and then it is said that nobody knows', async () => {
  const one = aProcess();
  const team = await holder(1_000);
  expect((await one.take(team)).ok).toBe(true);
  await one.sql.end({ timeout: 1 });

  let admitted = 1;
  await expect(
    (async () => {
      for (;;) if ((await one.take(team)).ok) admitted++;
    })(),
  ).rejects.toThrow(QuotaUnknown);
  expect(admitted).toBeGreaterThanOrEqual(50);
});
