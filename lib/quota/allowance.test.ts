import { v7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect } from '#db/client.ts';
import type { DayLimit, LimitKind } from '#lib/admission/day-limits.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aCredential, anApplication, aTeam } from '#tests/support/factories.ts';
import { logged } from '#tests/support/logged.ts';
import { openQuota, QuotaUnknown } from './allowance.ts';
import { settleGrants } from './day-rows.ts';

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

const limit = (
  kind: LimitKind,
  subjectId: string,
  requests: number,
  key = `${kind}:${subjectId}`,
): DayLimit => ({
  kind,
  subjectId,
  key,
  requests,
});
const holder = async (dailyQuota: number) => {
  const { teamId } = await aTeam(own.db, { dailyQuota });
  return { teamId, limits: [limit('team', teamId, dailyQuota)] };
};
const withQuota = ({ teamId }: { teamId: string }, requests: number) => ({
  teamId,
  limits: [limit('team', teamId, requests)],
});
const reserved = async (subjectId: string, kind: LimitKind = 'team') =>
  (
    await own.sql`select reserved from quota_days where kind = ${kind} and subject_id = ${subjectId} order by day desc`
  )[0]?.reserved;

/** The ID of a request at that time. */
const anId = () => v7({ msecs: now });

async function takeMany(
  processes: ReturnType<typeof aProcess>[],
  team: { limits: readonly DayLimit[] },
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

test('exactly the limit is accepted over two processes, twenty times', async () => {
  const processes = [aProcess(), aProcess()];
  for (let round = 0; round < 20; round++) {
    expect(await takeMany(processes, await holder(1_000), 3_000), `round ${round}`).toBe(1_000);
  }
});

test('a limit of zero accepts nothing, and a small limit exactly its number', async () => {
  const one = aProcess();
  expect(await takeMany([one], await holder(0), 50)).toBe(0);
  expect(await takeMany([one], await holder(3), 50)).toBe(3);
});

test('the remaining quota never rises, and the reset is at the end of the day', async () => {
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
  expect(await one.take(team)).toEqual({ ok: false, kind: 'team', limit: 500, resetSeconds: 10 });
});

test('a new UTC day begins with the full quota', async () => {
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

test('a raised limit applies to the next request, and so does a lowered one', async () => {
  const one = aProcess();
  const team = await holder(100);
  expect(await takeMany([one], team, 80)).toBe(80);

  expect((await one.take(withQuota(team, 50))).ok).toBe(false);
  expect(await takeMany([one], withQuota(team, 90), 50)).toBe(10);
});

test('requests that wait with the old and the new value of a limit at the same time are all decided', async () => {
  const process = aProcess();
  const old = await holder(1_000);
  const raised = withQuota(old, 2_000);
  const taken = await Promise.all(Array.from({ length: 40 }, (_, i) => process.take(i % 2 ? old : raised)));
  expect(taken.every(({ ok }) => ok)).toBe(true);
  await process.stop();
  expect(await reserved(old.teamId)).toBe(40);
});

test('unused quota is returned at a clean stop', async () => {
  const one = aProcess();
  const team = await holder(1_000);
  await takeMany([one], team, 7);
  await one.stop();

  expect(await reserved(team.teamId)).toBe(7);
});

test('a request that never reached its upstream is given back', async () => {
  const one = aProcess();
  const team = await holder(1);
  const taken = await one.take(team);
  if (!taken.ok) throw new Error('refused');
  one.giveBack(team, taken.day);

  expect((await one.take(team)).ok).toBe(true);
  expect((await one.take(team)).ok).toBe(false);
});

test('what a dead process held is returned once its requests are recorded, and only once', async () => {
  const dead = aProcess();
  const team = await holder(1_000);
  await takeMany([dead], team, 5);
  for (let i = 0; i < 5; i++) {
    await own.sql`
      insert into usage_records (id, at, day, team_id, application_id, credential_id, environment, method, path, outcome, counted, client_ip, node_id)
      values (${anId()}, now(), '2026-05-01', ${team.teamId}, ${team.teamId}, ${team.teamId}, 'production', 'GET', '/', 'answered', true, '', ${dead.nodeId})`;
  }

  await settleGrants(own.sql, dead.nodeId);
  await settleGrants(own.sql, dead.nodeId);

  expect(await reserved(team.teamId)).toBe(5);
});

test('using a limit doesn’t wait until everything that a dead process held is settled', async () => {
  const [dead, living] = [aProcess(), aProcess()];
  const [first, second] = [await holder(1_000), await holder(1_000)];
  await dead.take(first);
  await dead.take(second);
  const busy = await own.sql.reserve();
  await busy`begin`;
  await busy`select from quota_grants where subject_id = ${second.teamId} for update`;
  const settled = settleGrants(own.sql, dead.nodeId);
  await expect.poll(() => reserved(first.teamId), { timeout: 3_000 }).toBe(0);
  expect(await living.take(first)).toMatchObject({ ok: true });
  expect(await reserved(second.teamId)).toBeGreaterThan(0);
  await busy`rollback`;
  busy.release();
  await settled;
  expect(await reserved(second.teamId)).toBe(0);
});

test("settling counts the requests that used the day's quota, including those accepted just before or after it", async () => {
  const dead = aProcess();
  const team = await holder(1_000);
  await takeMany([dead], team, 3);
  const call = (at: string, day: string) => own.sql`
      insert into usage_records (id, at, day, team_id, application_id, credential_id, environment, method, path, outcome, counted, client_ip, node_id)
      values (${v7({ msecs: Date.parse(at) })}, ${at}, ${day}, ${team.teamId}, ${team.teamId}, ${team.teamId}, 'production', 'GET', '/', 'answered', true, '', ${dead.nodeId})`;
  await call('2026-04-30T23:59:59.900Z', '2026-05-01');
  await call('2026-05-01T12:00:00Z', '2026-05-01');
  await call('2026-05-02T00:00:00.100Z', '2026-05-01');
  await call('2026-05-02T00:00:00.200Z', '2026-05-02');
  await call('2026-04-30T23:59:59.800Z', '2026-04-30');

  await settleGrants(own.sql, dead.nodeId);

  expect(await reserved(team.teamId)).toBe(3);
});

test('without the database, reserved quota is used up, and then the quota is unknown', async () => {
  const lines = logged();
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
  await one.stop();
  expect(lines.every((line) => /^(The quota can't be read|Unused quota can't be returned)/.test(line))).toBe(
    true,
  );
});

/** Processes that know of each other, like gateways. */
async function someProcesses(count: number) {
  const processes = [];
  for (let i = 0; i < count; i++) {
    const { sql } = connect(own.url, { max: 4 });
    const nodeId = crypto.randomUUID();
    await own.sql`insert into gateway_nodes (id, mount, host, pid, lease_until, epoch_seen)
      values (${nodeId}, 'node', 'test', ${i + 1}, now() + interval '1 hour', 0)`;
    const listen = async (channel: string, onPayload: (payload: string) => void) =>
      void (await sql.listen(channel, onPayload));
    const quota = openQuota({ sql, nodeId, clock, listen });
    await quota.start();
    ends.push(() => sql.end({ timeout: 1 }), quota.stop);
    processes.push(quota);
  }
  return processes;
}

/** Sends requests to each process at its own rate, until all of them reject. Waits for the slowest ones. */
async function atRates(
  processes: Awaited<ReturnType<typeof someProcesses>>,
  rates: number[],
  requests: number,
) {
  const team = await holder(requests);
  let admitted = 0;
  let firstRefusal: number | undefined;
  const refusing = new Set<number>();
  const isOver = () => refusing.size === processes.length;
  const giveUpAt = performance.now() + 40_000;
  await Promise.all(
    processes.map(async (process, index) => {
      const pending: Promise<void>[] = [];
      const began = performance.now();
      for (let sent = 0; !isOver() && performance.now() < giveUpAt; sent++) {
        const waitMs = began + (sent * 1_000) / rates[index]! - performance.now();
        if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
        const take = async () => {
          if ((await process.take(team)).ok) admitted++;
          else {
            firstRefusal ??= admitted;
            refusing.add(index);
          }
        };
        pending.push(take());
      }
      await Promise.all(pending);
    }),
  );
  return { admitted, firstRefusal };
}

test.each([
  { limit: 2_000, rates: [750, 300] },
  { limit: 2_000, rates: [900, 5] },
  { limit: 100, rates: [100, 2] },
  { limit: 1_000, rates: [500, 100, 20, 2] },
  { limit: 137, rates: [200, 50, 7, 1] },
])(
  'nobody is rejected before 99% of a limit of $limit is used, at $rates requests a second, and it is never exceeded',
  async ({ limit, rates }) => {
    const processes = await someProcesses(rates.length);
    const { admitted, firstRefusal } = await atRates(processes, rates, limit);
    expect(firstRefusal).toBeGreaterThanOrEqual(Math.ceil(limit * 0.99));
    expect(admitted).toBe(limit);
  },
  60_000,
);

test('near the limit, quota that an idle process holds is returned within a second', async () => {
  const [busy, idle] = await someProcesses(2);
  const team = await holder(500);
  expect((await idle!.take(team)).ok).toBe(true);
  for (let i = 0; i < 499; i++) expect((await busy!.take(team)).ok, `request ${i}`).toBe(true);
  expect(await busy!.take(team)).toMatchObject({ ok: false });
  expect(await reserved(team.teamId)).toBe(500);

  // A returned request goes to whichever process asks next.
  idle!.giveBack(team, '2026-05-01');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(await reserved(team.teamId)).toBe(499);
  expect(await busy!.take(team)).toMatchObject({ ok: true });
});

test('a process that doesn’t reply delays a rejection by at most a second, once', async () => {
  const [one, silent] = await someProcesses(2);
  const team = await holder(100);
  await silent!.take(team);
  silent!.forget();
  let waited = 0;
  for (;;) {
    const began = performance.now();
    const { ok } = await one!.take(team);
    waited = performance.now() - began;
    if (!ok) break;
  }
  expect(waited).toBeLessThan(2_000);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const began = performance.now();
  expect((await one!.take(team)).ok).toBe(false);
  expect(performance.now() - began).toBeLessThan(500);
});

/** The limits that apply to a member's Development key. */
const everyKind = (team: number, others: Partial<Record<LimitKind, number>>) => {
  const teamId = crypto.randomUUID();
  const limits = (['credential', 'member', 'application', 'non_production'] as const)
    .filter((kind) => others[kind] !== undefined)
    .map((kind) => limit(kind, kind === 'non_production' ? teamId : crypto.randomUUID(), others[kind]!));
  return { teamId, limits: [...limits, limit('team', teamId, team)] };
};

test.each(['credential', 'member', 'application', 'non_production', 'team'] as const)(
  'the %s limit is exact over two processes, twenty times, and uses no more of the other limits',
  async (kind) => {
    const processes = [aProcess(), aProcess()];
    for (let round = 0; round < 20; round++) {
      const team = everyKind(kind === 'team' ? 137 : 2_000, {
        credential: 3_000,
        member: 3_000,
        application: 3_000,
        non_production: 3_000,
        ...(kind === 'team' ? {} : { [kind]: 137 }),
      });
      expect(await takeMany(processes, team, 300), `round ${round}`).toBe(137);
      const refused = await processes[0]!.take(team);
      expect(refused).toMatchObject({ ok: false, kind, limit: 137 });
    }
    await Promise.all(processes.map((process) => process.stop()));
    // Everything that was reserved and not used was returned.
    const [row] = await own.sql`select array_agg(distinct reserved) as sums from quota_days`;
    expect(row!.sums).toEqual([137]);
  },
);

test('if several limits are reached, the most specific one is reported', async () => {
  const one = aProcess();
  const none = everyKind(0, { credential: 0, application: 0 });
  expect(await one.take(none)).toMatchObject({ ok: false, kind: 'credential', limit: 0 });
  expect(await one.take({ limits: none.limits.slice(1) })).toMatchObject({ ok: false, kind: 'application' });
});

test('the limit with the least remaining is reported', async () => {
  const one = aProcess();
  expect(await one.take(everyKind(1_000, { application: 7 }))).toMatchObject({ limit: 7, remaining: 6 });
  expect(await one.take(everyKind(5, { application: 7 }))).toMatchObject({ limit: 5, remaining: 4 });
});

test('the Production reserve is kept for Production, up to the last request', async () => {
  const processes = [aProcess(), aProcess()];
  const development = everyKind(1_000, { non_production: 700 });
  const production = { limits: development.limits.slice(1) };

  expect(await takeMany(processes, development, 1_500)).toBe(700);
  expect(await takeMany(processes, production, 1_500)).toBe(300);
});

test('two keys of a rotation chain share one count, even if their limits differ', async () => {
  const processes = [aProcess(), aProcess()];
  const root = crypto.randomUUID();
  const team = limit('team', crypto.randomUUID(), 10_000);
  const old = { limits: [limit('credential', root, 100, 'credential:old'), team] };
  const fresh = { limits: [limit('credential', root, 150, 'credential:new'), team] };

  expect(await takeMany(processes, old, 60)).toBe(60);
  expect(await takeMany(processes, fresh, 300)).toBeLessThanOrEqual(90);
  await Promise.all(processes.map((process) => process.stop()));
  expect(
    (await takeMany([aProcess()], fresh, 300)) + (await reserved(root, 'credential'))!,
  ).toBeGreaterThanOrEqual(150);
  expect(await reserved(root, 'credential')).toBe(150);
});

test('a limit set during the day includes the recorded requests', async () => {
  const team = await aTeam(own.db);
  const application = await anApplication(own.db, team);
  const first = await aCredential(own.db, application);
  const second = await aCredential(own.db, application, { environment: 'production' });
  await own.sql`update credentials set successor_id = ${second.id}, rotated_at = now() where id = ${first.id}`;
  for (const [id, requests] of [
    [first.id, 30],
    [second.id, 12],
  ] as const)
    await own.sql`
      insert into usage_daily (team_id, application_id, credential_id, day, requests, last_at)
      values (${team.teamId}, ${application.id}, ${id}, '2026-05-01', ${requests}, now())`;
  const one = aProcess();
  const left = (kind: LimitKind, subjectId: string) =>
    takeMany([one], { limits: [limit(kind, subjectId, 50)] }, 100);

  expect(await left('credential', first.id)).toBe(8);
  expect(await left('application', application.id)).toBe(8);
  expect(await left('non_production', team.teamId)).toBe(20);
});

test('a request returned after its limit has changed is returned to the day, not to the new limit', async () => {
  const one = aProcess();
  const team = await holder(100);
  await takeMany([one], team, 70);
  expect((await one.take(withQuota(team, 50))).ok).toBe(false);

  one.giveBack(team, '2026-05-01');
  await new Promise((resolve) => setTimeout(resolve, 300));

  expect((await one.take(withQuota(team, 50))).ok).toBe(false);
  expect(await reserved(team.teamId)).toBe(69);
});

test('what a dead process held of every kind of limit is returned', async () => {
  const dead = aProcess();
  const team = await aTeam(own.db);
  const application = await anApplication(own.db, team);
  const key = await aCredential(own.db, application);
  const limits = [
    limit('credential', key.id, 1_000),
    limit('application', application.id, 1_000),
    limit('non_production', team.teamId, 1_000),
    limit('team', team.teamId, 1_000),
  ];
  await takeMany([dead], { limits }, 5);
  for (const environment of ['development', 'development', 'production'])
    await own.sql`
      insert into usage_records (id, at, day, team_id, application_id, credential_id, environment, method, path, outcome, counted, client_ip, node_id)
      values (${anId()}, now(), '2026-05-01', ${team.teamId}, ${application.id}, ${key.id}, ${environment}, 'GET', '/', 'answered', true, '', ${dead.nodeId})`;

  await Promise.all([settleGrants(own.sql, dead.nodeId), settleGrants(own.sql, dead.nodeId)]);

  expect(await reserved(key.id, 'credential')).toBe(3);
  expect(await reserved(application.id, 'application')).toBe(3);
  expect(await reserved(team.teamId, 'non_production')).toBe(2);
  expect(await reserved(team.teamId)).toBe(3);
});

test('no limit is ever exceeded, in any sequence of requests, returns and changes', async () => {
  const processes = [aProcess(), aProcess()];
  let seed = 20_260_501;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  for (let round = 0; round < 15; round++) {
    const team = everyKind(40 + random(200), { credential: random(150), application: random(250) });
    const smaller = { limits: team.limits.filter(({ kind }) => kind !== 'credential') };
    const used = new Map<string, number>();
    const count = (of: { limits: readonly DayLimit[] }, by: number) => {
      for (const { key } of of.limits) used.set(key, (used.get(key) ?? 0) + by);
    };
    await Promise.all(
      Array.from({ length: 24 }, async () => {
        for (let i = 0; i < 12; i++) {
          const process = processes[random(2)]!;
          const of = random(3) === 0 ? smaller : team;
          const taken = await process.take(of);
          if (!taken.ok) continue;
          if (random(5) === 0) process.giveBack(of, taken.day);
          else count(of, 1);
        }
      }),
    );
    for (const { key, requests } of team.limits)
      expect(used.get(key) ?? 0, key).toBeLessThanOrEqual(requests);
  }
});
