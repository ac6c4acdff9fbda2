import { Agent, request as httpRequest } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateways, startGateways } from '#tests/support/gateways.ts';
import { hasNginx, startNginx } from '#tests/support/nginx.ts';

/** Two gateways behind nginx are restarted one after the other under load. */

let running: Gateways;
beforeAll(async () => {
  running = await startGateways(2, () => ({ DRAIN_SECONDS: '2' }));
});
afterAll(() => running?.stop());

test.skipIf(!hasNginx)(
  'a rolling restart loses no request, GET or POST, and each stop is quick',
  async () => {
    const { gateways, keys, folder, own } = running;
    const nginx = await startNginx(
      gateways.map(({ origin }) => origin),
      folder,
    );
    const failed: string[] = [];
    const ids: string[] = [];
    let over = false;
    const load = Array.from({ length: 8 }, async (_, client) => {
      const agent = new Agent({ keepAlive: true });
      const method = client % 2 ? 'POST' : 'GET';
      while (!over) {
        const { status, id } = await call(nginx.url, keys.good.secretKey, method, agent);
        if (status === 200) ids.push(id);
        else failed.push(`${method} ${status}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      agent.destroy();
    });
    try {
      for (const gateway of gateways) {
        const start = performance.now();
        expect(await gateway.running.stop(), 'the exit code').toBe(0);
        expect(performance.now() - start).toBeLessThan(15_000);
        await gateway.restart();
      }
    } finally {
      over = true;
      await Promise.all(load);
      nginx.stop();
    }
    expect(ids.length).toBeGreaterThan(100);
    expect(failed).toEqual([]);
    for (const { running: process } of gateways) await process.stop();
    const [row] = await own.sql`select count(*)::int as n from usage_records where id in ${own.sql(ids)}`;
    expect(row?.n, 'all are on record').toBe(ids.length);
  },
  120_000,
);

type Result = { status: number | string; id: string };

function call(url: string, key: string, method: string, agent: Agent): Promise<Result> {
  return new Promise((resolve) => {
    const headers = { 'X-API-Key': key, ...(method === 'POST' ? { 'Content-Length': '4' } : {}) };
    const request = httpRequest(`${url}/stub/echo`, { method, agent, headers }, (response) => {
      response
        .resume()
        .once('end', () =>
          resolve({ status: response.statusCode ?? 0, id: String(response.headers['x-request-id']) }),
        );
    });
    request.once('error', (error) => resolve({ status: String(error), id: '' }));
    request.end(method === 'POST' ? 'body' : undefined);
  });
}
