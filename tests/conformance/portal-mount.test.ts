import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { confirmEpoch, raiseEpoch } from '#lib/access/epoch.ts';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { type GatewayFixture, gatewayFixture } from '#tests/support/gateway-fixture.ts';
import { freePort, type Running, responds, start, temporaryFolder, until } from '#tests/support/processes.ts';
import { sendRaw } from '#tests/support/raw-http.ts';
import { stubUpstream } from '#tests/support/stub-upstream.ts';

/** Behavior that is specific to the gateway inside the portal. */

let own: OwnDatabase;
let upstream: Awaited<ReturnType<typeof stubUpstream>>;
let keys: GatewayFixture;
let portal: Running;
let port: number;
const folder = temporaryFolder();

beforeAll(async () => {
  own = await ownDatabase();
  upstream = await stubUpstream();
  keys = await gatewayFixture(own.db, { stub: upstream.url, raw: upstream.rawUrl, closed: upstream.rawUrl });
  port = await freePort();
  portal = start(['node_modules/next/dist/bin/next', 'start', '-p', String(port)], {
    ...{ DATABASE_URL: own.url, DATA_DIR: folder.path, PORT: String(port), LATCHKEY_ENV: 'development' },
    ...{ PORTAL_URL: `http://localhost:${port}`, NODE_ENV: 'production' },
  });
  await until(responds(`http://localhost:${port}/sign-in`), 'portal');
});

afterAll(async () => {
  await portal?.stop();
  await upstream?.stop();
  await own?.drop();
  folder.remove();
});

const raw = (method: string, target: string, headers = '') =>
  sendRaw(port, `${method} ${target} HTTP/1.1\r\nHost: localhost:${port}\r\n${headers}\r\n`, 2_000);
const withKey = () => `X-API-Key: ${keys.good.secretKey}\r\n`;

test.each(['?a', '?a&b=', '?a=', '?', '?a=b=c', '?x=%2F%20+', '?a&a&A', '?_rsc=1', '?q=~!*()'])(
  'the query %s reaches the upstream as it was sent',
  async (query) => {
    const text = await raw('GET', `/gateway/stub/ok${query}`, withKey());
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(upstream.seen.at(-1)?.url).toBe(`/base/ok${query === '?' ? '' : query}`);
  },
);

test('an upstream status of 999 results in a 502', async () => {
  const text = await raw('GET', '/gateway/raw/status-999', withKey());
  expect(text).toMatch(/^HTTP\/1\.1 502 /);
  expect(text).toContain('"code":"upstream_unreachable"');
});

test.each([
  ['a wrong key', () => mintKeyPair('production').secretKey, 5_000_000, '401', [false, true]],
  ['no key', () => 'none', 5_000_000, '401', [false, true]],
  ['a body that declares to be over the limit', () => keys.good.secretKey, 12_000_000, '413', [false]],
])(
  'a client that is still uploading receives the rejection for %s',
  (_case, key, bytes, status, framings) => {
    const body = join(folder.path, `body-${bytes}`);
    writeFileSync(body, Buffer.alloc(bytes, 'x'));
    for (const chunked of framings) {
      const args = [
        ...['-sS', '-o', join(folder.path, 'response'), '-w', '%{http_code}', '-X', 'POST', '-H', 'Expect:'],
        ...['-H', `X-API-Key: ${key()}`, ...(chunked ? ['-H', 'Transfer-Encoding: chunked'] : [])],
        ...['--data-binary', `@${body}`, `http://localhost:${port}/gateway/stub/echo`],
      ];
      for (let round = 0; round < 5; round++)
        expect(execFileSync('curl', args, { encoding: 'utf8' }), `chunked: ${chunked}`).toBe(status);
    }
  },
);

test('a stopping portal ends its lease, so that the next revocation doesn’t wait for it', async () => {
  expect(await raw('GET', '/gateway/stub/ok', withKey())).toMatch(/^HTTP\/1\.1 200 /);
  const [node] = await own.sql`select stopped_at from gateway_nodes where mount = 'next'`;
  expect(node?.stopped_at).toBeNull();

  await portal.stop();

  const epoch = await own.db.transaction((tx) => raiseEpoch(tx, { kind: 'credential', id: keys.good.id }));
  const receipt = await confirmEpoch(own.db, epoch);
  expect(receipt).toMatchObject({ gateways: 0, confirmed: 0 });
  expect(receipt.afterMs).toBeLessThan(1_000);
});
