import { Agent, request as httpRequest } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { nodeGateway, pair } from '#tests/support/node-gateway.ts';
import { until } from '#tests/support/processes.ts';
import { drainServer } from './drain.ts';

let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

async function aGateway(slowMs = 0) {
  const gateway = await nodeGateway({
    upstream: (_request, response) =>
      void setTimeout(() => response.writeHead(200, { 'Content-Length': '2' }).end('ok'), slowMs),
  });
  ends.push(gateway.stop);
  return gateway;
}

type Got = { status: number; connection: string | undefined };

function call(port: number, agent: Agent, path = '/api/x'): Promise<Got> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', path, agent, headers: { 'X-API-Key': pair.secretKey } };
    const request = httpRequest(options, (response) => {
      response
        .resume()
        .once('end', () =>
          resolve({ status: response.statusCode ?? 0, connection: response.headers.connection }),
        );
    });
    request.once('error', reject).end();
  });
}

const keepAlive = () => {
  const agent = new Agent({ keepAlive: true });
  ends.push(() => agent.destroy());
  return agent;
};

test('no request is lost: served while proxies notice, then with Connection: close, then the server stops', async () => {
  const { port, server, connections } = await aGateway();
  const agents = Array.from({ length: 4 }, keepAlive);
  const got: Got[] = [];
  let stopped = false;
  // Like a proxy that takes 400 ms to notice: it keeps using open connections, then stops.
  const until = performance.now() + 900;
  const load = agents.map(async (agent) => {
    while (performance.now() < until) got.push(await call(port, agent));
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const draining = drainServer(server, connections, 500).then(() => {
    stopped = true;
  });
  await Promise.all(load);
  await draining;

  expect(stopped).toBe(true);
  expect(got.length).toBeGreaterThan(10);
  expect(new Set(got.map(({ status }) => status))).toEqual(new Set([200]));
  expect(got[0]?.connection).toBe('keep-alive');
  expect(got.at(-1)?.connection, 'the last responses close their connections').toBe('close');
  await expect(call(port, keepAlive())).rejects.toThrow('ECONNREFUSED');
});

test('idle and half-used keep-alive connections do not delay the stop, and a request in progress is finished', async () => {
  const { port, server, connections } = await aGateway(700);
  const agents = Array.from({ length: 3 }, keepAlive);
  await Promise.all(agents.map((agent) => call(port, agent)));
  const last = call(port, agents[0]!);
  const open = () => new Promise<number>((resolve) => server.getConnections((_error, n) => resolve(n)));
  await until(async () => (await open()) === 3, 'the connections', 2_000);
  await new Promise((resolve) => setTimeout(resolve, 100));

  const start = performance.now();
  await drainServer(server, connections, 0);
  expect(performance.now() - start).toBeLessThan(3_000);
  expect((await last).status).toBe(200);
  expect(await open()).toBe(0);
});
