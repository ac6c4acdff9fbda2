import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Member } from '#lib/access/member.ts';
import { revokeCredential } from '#lib/credentials/revoke-credential.ts';
import { aCredential, aMember } from '#tests/support/factories.ts';
import { type Gateways, startGateways } from '#tests/support/gateways.ts';
import { until } from '#tests/support/processes.ts';
import { tcpProxy } from '#tests/support/tcp-proxy.ts';

/** Two gateways at 300 requests a second: neither accepts a request that starts after a revocation was confirmed. */

const LEASE_SECONDS = 3;
const CALL_EVERY_MS = 1_000 / 300;
const AFTERWARDS_MS = 150;
const REVOKES = 50;
const AT_ONCE = 10;

type Call = { key: string; origin: string; startedAt: number; status: number };
type Key = { keyId: string; secretKey: string };

let running: Gateways;
let owner: Member;
let origins: string[];
const listening: Awaited<ReturnType<typeof tcpProxy>>[] = [];
const agent = new Agent({ connections: 64, headersTimeout: 30_000 });

beforeAll(async () => {
  running = await startGateways(2, async ({ databaseUrl }) => {
    const { port } = new URL(databaseUrl);
    const proxy = await tcpProxy(Number(port));
    listening.push(proxy);
    return {
      DATABASE_LISTEN_URL: databaseUrl.replace(`:${port}/`, `:${proxy.port}/`),
      GATEWAY_LEASE_SECONDS: String(LEASE_SECONDS),
    };
  });
  origins = running.gateways.map(({ origin }) => origin);
  owner = await aMember(running.own.db, 'owner', running.keys.team);
});

afterAll(async () => {
  await agent.destroy();
  await running?.stop();
  for (const proxy of listening) await proxy.stop();
});

/** Sends requests to both gateways alternately, with one key after the other. */
function startCalls(keys: readonly Key[]) {
  const calls: Call[] = [];
  const underway = new Set<Promise<void>>();
  let n = 0;
  let dueAt = performance.now();
  const timer = setInterval(() => {
    for (; dueAt <= performance.now(); dueAt += CALL_EVERY_MS) {
      const key = keys[(n >> 1) % keys.length]!;
      const call: Call = {
        key: key.keyId,
        origin: origins[n++ % 2]!,
        startedAt: performance.now(),
        status: 0,
      };
      calls.push(call);
      const sent = request(`${call.origin}/stub/ok`, {
        dispatcher: agent,
        headers: { 'X-API-Key': key.secretKey },
      })
        .then(async (response) => {
          call.status = response.statusCode;
          await response.body.dump();
        })
        .catch(() => {})
        .finally(() => underway.delete(sent));
      underway.add(sent);
    }
  }, 1);
  return {
    calls,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(underway);
    },
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Revokes keys under load. `broken` runs just before, `restored` once all are confirmed. Returns the waits in ms. */
async function revokeUnderLoad(
  count: number,
  { broken, restored }: { broken?: () => void; restored?: () => void } = {},
): Promise<number[]> {
  const keys: Key[] = [];
  for (let i = 0; i < count; i++) keys.push(await aCredential(running.own.db, running.keys.application));
  const load = startCalls(keys);
  const accepted = (key: Key, origin: string) =>
    load.calls.some((call) => call.key === key.keyId && call.origin === origin && call.status === 200);
  await until(
    () => keys.every((key) => origins.every((origin) => accepted(key, origin))),
    'every key in use',
  );
  broken?.();

  const confirmedAt = new Map<string, number>();
  const waits = await Promise.all(
    keys.map(async ({ keyId }) => {
      await pause(Math.random() * 100);
      const revoked = await revokeCredential({ db: running.own.db, member: owner }, { keyId });
      if (!revoked.ok) throw new Error(revoked.reason);
      confirmedAt.set(keyId, performance.now());
      expect(revoked.receipt.confirmed).toBe(revoked.receipt.gateways);
      return revoked.receipt.afterMs;
    }),
  );
  await pause(AFTERWARDS_MS);
  restored?.();
  const late = () => load.calls.filter((call) => call.startedAt > confirmedAt.get(call.key)!);
  // A gateway that was stopped has no lease, and answers 503 until it has one again.
  await until(
    () =>
      origins.every(
        (origin) => late().filter((call) => call.origin === origin && call.status === 401).length > count,
      ),
    'both gateways refuse the keys',
    LEASE_SECONDS * 1_000,
  );
  await load.stop();

  expect(late().filter((call) => call.status === 200)).toEqual([]);
  return waits;
}

test('one revocation after the other', async () => {
  for (let i = 0; i < REVOKES; i++) await revokeUnderLoad(1);
});

test('with the LISTEN connections cut', async () => {
  for (let i = 0; i < REVOKES; i += AT_ONCE)
    await revokeUnderLoad(AT_ONCE, {
      broken: () => {
        for (const proxy of listening) proxy.cut();
      },
      restored: () => {
        for (const proxy of listening) proxy.restore();
      },
    });
});

test('with the LISTEN connections hung', async () => {
  for (let i = 0; i < REVOKES; i += AT_ONCE)
    await revokeUnderLoad(AT_ONCE, {
      broken: () => {
        for (const proxy of listening) proxy.hang();
      },
      restored: () => {
        for (const proxy of listening) proxy.restore();
      },
    });
});

test('with one gateway stopped: the confirmation waits for its lease to expire, and it resumes with an empty cache', async () => {
  for (let i = 0; i < REVOKES; i += AT_ONCE) {
    const stopped = running.gateways[(i / AT_ONCE) % 2]!.running.child;
    const waits = await revokeUnderLoad(AT_ONCE, {
      broken: () => stopped.kill('SIGSTOP'),
      restored: () => stopped.kill('SIGCONT'),
    });
    expect(Math.max(...waits)).toBeLessThan((LEASE_SECONDS + 2) * 1_000);
    expect(Math.max(...waits)).toBeGreaterThan(500);
  }
});
