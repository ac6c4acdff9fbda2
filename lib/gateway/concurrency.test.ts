import { afterEach, expect, test } from 'vitest';
import { knownCredential, nodeGateway, pair } from '#tests/support/node-gateway.ts';

let ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

type Taken = { givenBack: number; refused: string[] };

/** Two keys of two teams. Paths with `slow` respond after `slowMs`. */
async function twoTeams(
  slowMs: number,
  concurrency: { perUpstream: number; perTeam: number; queueMax: number; waitMs: number },
) {
  const seen: Taken = { givenBack: 0, refused: [] };
  let reached = 0;
  const gateway = await nodeGateway({
    options: { concurrency },
    upstream: (request, response) => {
      reached++;
      const respond = () => response.writeHead(200, { 'Content-Length': '2' }).end('ok');
      if (request.url?.includes('slow')) setTimeout(respond, slowMs);
      else respond();
    },
    ports: {
      credentials: {
        // There is one key only, so its team is set by each request.
        find: (keyId) => (keyId === pair.keyId ? knownCredential({ teamId: nextTeam }) : null),
      },
      quota: { giveBack: () => void seen.givenBack++ },
      usage: { refuse: async (_call, { reason }) => void seen.refused.push(reason) },
    },
  });
  ends.push(gateway.stop);
  let nextTeam = 'one';
  const call = async (team: string, path: string) => {
    nextTeam = team;
    const start = performance.now();
    const response = await fetch(`${gateway.url}/api${path}`, { headers: { 'X-API-Key': pair.secretKey } });
    const text = await response.text();
    const code = response.status === 200 ? null : (JSON.parse(text) as { code: string }).code;
    return { status: response.status, code, ms: performance.now() - start, headers: response.headers };
  };
  return { call, seen, reached: () => reached };
}

test("one team's slow endpoint does not delay another team's fast one on the same upstream", async () => {
  const { call, seen, reached } = await twoTeams(1_500, {
    perUpstream: 16,
    perTeam: 16,
    queueMax: 10,
    waitMs: 500,
  });
  const slow = Array.from({ length: 30 }, () => call('one', '/slow'));
  await new Promise((resolve) => setTimeout(resolve, 200));

  const fast = await call('two', '/fast');
  expect(fast.status).toBe(200);
  expect(fast.ms, 'far below the slow endpoint').toBeLessThan(700);

  const responses = await Promise.all(slow);
  expect(responses.filter(({ status }) => status === 200)).toHaveLength(8);
  const refused = responses.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(22);
  expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['concurrency_limited']));
  expect(refused[0]?.headers.get('retry-after')).toBe('1');
  expect(seen.refused, 'each is on record').toHaveLength(22);
  expect(seen.givenBack, 'none counts toward the quota').toBe(22);
  expect(reached()).toBe(9);
});

test('requests above the limit wait for a slot if the queue has room', async () => {
  const { call } = await twoTeams(100, { perUpstream: 16, perTeam: 2, queueMax: 10, waitMs: 5_000 });
  const responses = await Promise.all(Array.from({ length: 8 }, () => call('one', '/slow')));
  expect(responses.map(({ status }) => status)).toEqual(Array(8).fill(200));
});
