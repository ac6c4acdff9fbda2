import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applicationEndpoints } from '#db/schema/applications.ts';
import { aCredential, anApplication, aTeam } from '#tests/support/factories.ts';
import { type Gateways, startGateways } from '#tests/support/gateways.ts';
import { until } from '#tests/support/processes.ts';

/** A team's daily quota over several gateways is exact, even if processes die. */

const QUOTA = 1_000;
const CALLS = 5_000;
const CONNECTIONS = 64;
const ROUNDS = 20;
const LEASE_SECONDS = 2;

let running: Gateways;
let agent: Agent;

beforeAll(async () => {
  running = await startGateways(4, () => ({ GATEWAY_LEASE_SECONDS: String(LEASE_SECONDS) }));
  agent = new Agent({ connections: CONNECTIONS / 2, pipelining: 1 });
});

afterAll(async () => {
  await agent?.destroy();
  await running?.stop();
});

/** A key of its own team, connected to the stub's `/ok`. */
async function aKey(dailyQuota = QUOTA) {
  const { db } = running.own;
  // A high burst limit, because this is about the daily quota.
  const team = await aTeam(db, { dailyQuota, burstRequests: 1_000_000, burstWindowSeconds: 1 });
  const application = await anApplication(db, team);
  const [endpoint] = await running.own.sql<{ id: string }[]>`
    select e.id from endpoints e join apis a on a.id = e.api_id
    where a.slug = 'stub' and e.path = '/ok' and e.method = 'GET'`;
  await db
    .insert(applicationEndpoints)
    .values({ teamId: team.teamId, applicationId: application.id, endpointId: endpoint!.id });
  return { ...team, ...(await aCredential(db, application)) };
}

/** Sends requests over all connections, alternating between two gateways. Returns how many got each status. */
async function callAll(secretKey: string, calls: number, onCall: (n: number) => void = () => {}) {
  const statuses = new Map<number, number>();
  let n = 0;
  const caller = async (index: number) => {
    const { origin } = running.gateways[index % 2]!;
    while (n < calls) {
      onCall(n++);
      const status = await request(`${origin}/stub/ok`, {
        dispatcher: agent,
        headers: { 'X-API-Key': secretKey },
      }).then(
        async (answer) => {
          await answer.body.dump();
          return answer.statusCode;
        },
        () => 0,
      );
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, index) => caller(index)));
  return statuses;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const seenOf = (key: { keyId: string }) =>
  running.upstream.seen.filter((call) => call.rawHeaders.includes(key.keyId)).length;

test(`of ${CALLS} requests on ${CONNECTIONS} connections exactly ${QUOTA} are admitted, ${ROUNDS} times`, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const key = await aKey();
    const statuses = await callAll(key.secretKey, CALLS);
    expect([...statuses].sort()).toEqual([
      [200, QUOTA],
      [429, CALLS - QUOTA],
    ]);
    expect(seenOf(key)).toBe(QUOTA);
  }
});

test.each([
  { limit: 2_000, rates: [150, 60] },
  { limit: 1_000, rates: [150, 60, 10, 1] },
])(
  'at $rates requests a second nobody is rejected before 99% of $limit are used',
  async ({ limit, rates }) => {
    const key = await aKey(limit);
    let admitted = 0;
    let firstRejection: number | undefined;
    const rejecting = new Set<number>();
    await Promise.all(
      rates.map(async (rate, index) => {
        const underWay: Promise<void>[] = [];
        const began = performance.now();
        for (let sent = 0; rejecting.size < rates.length; sent++) {
          await pause(Math.max(1, began + (sent * 1_000) / rate - performance.now()));
          const call = async () => {
            const response = await request(`${running.gateways[index]!.origin}/stub/ok`, {
              dispatcher: agent,
              headers: { 'X-API-Key': key.secretKey },
            });
            await response.body.dump();
            if (response.statusCode === 200) admitted++;
            else {
              expect(response.statusCode).toBe(429);
              firstRejection ??= admitted;
              rejecting.add(index);
            }
          };
          underWay.push(call());
        }
        await Promise.all(underWay);
      }),
    );
    // Accepted requests without a response aren't counted yet: at most a few at these rates.
    expect(firstRejection).toBeGreaterThanOrEqual(limit * 0.99 - 5);
    expect([admitted, seenOf(key)]).toEqual([limit, limit]);
  },
  60_000,
);

test('a killed process never exceeds the limit, and what it held is returned once its lease has expired', async () => {
  for (let round = 0; round < 3; round++) {
    const key = await aKey();
    const victim = running.gateways[round % 2]!;
    await callAll(key.secretKey, CALLS, (n) => {
      if (n === 400) victim.running.child.kill('SIGKILL');
    });
    expect(seenOf(key)).toBeLessThanOrEqual(QUOTA);

    // A recorded request that was interrupted before it was forwarded counts, too, because it may have arrived.
    const counted = async () => {
      const [row] = await running.own.sql<{ n: number }[]>`
        select count(*)::int as n from usage_records where credential_id = ${key.id} and counted`;
      return row!.n;
    };
    await until(
      async () => {
        await callAll(key.secretKey, 200);
        return (await counted()) >= QUOTA;
      },
      'the rest of the quota',
      (LEASE_SECONDS + 60) * 1_000,
    );
    await callAll(key.secretKey, 500);
    expect(seenOf(key)).toBeLessThanOrEqual(QUOTA);
    expect(seenOf(key)).toBeGreaterThan(QUOTA - CONNECTIONS);
    await victim.restart();
    await pause(1_500); // Until the other process has shipped its spool.
    expect(await counted()).toBe(QUOTA);
  }
});
