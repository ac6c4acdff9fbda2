import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { type GatewayFixture, gatewayFixture } from '#tests/support/gateway-fixture.ts';
import { freePort, type Running, responds, start, temporaryFolder, until } from '#tests/support/processes.ts';
import { stubUpstream } from '#tests/support/stub-upstream.ts';

/** Clients that follow the upstream's own URLs stay at the gateway, on both mounts. */

let own: OwnDatabase;
let upstream: Awaited<ReturnType<typeof stubUpstream>>;
let keys: GatewayFixture;
const folder = temporaryFolder();
const processes: Running[] = [];
const base: Record<string, string> = {};

beforeAll(async () => {
  own = await ownDatabase();
  upstream = await stubUpstream();
  keys = await gatewayFixture(own.db, { stub: upstream.url, raw: upstream.rawUrl, closed: upstream.rawUrl });
  const [gatewayPort, portalPort] = [await freePort(), await freePort()];
  base.node = `http://127.0.0.1:${gatewayPort}`;
  base.next = `http://localhost:${portalPort}/gateway`;
  const env = {
    DATABASE_URL: own.url,
    DATA_DIR: folder.path,
    PORT: String(portalPort),
    GATEWAY_PORT: String(gatewayPort),
    PORTAL_URL: `http://localhost:${portalPort}`,
    GATEWAY_URL: base.node,
    LATCHKEY_ENV: 'development',
    LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
  };
  processes.push(start(['gateway.ts'], env));
  processes.push(
    start(['node_modules/next/dist/bin/next', 'start', '-p', String(portalPort)], {
      ...env,
      NODE_ENV: 'production',
    }),
  );
  await until(responds(`${base.node}/_/readyz`), 'gateway');
  await until(responds(`http://localhost:${portalPort}/sign-in`), 'portal');
});

afterAll(async () => {
  await Promise.all(processes.map((running) => running.stop()));
  await upstream?.stop();
  await own?.drop();
  folder.remove();
});

/** The URL of the next page, found as Octokit does. */
const nextPage = (response: Response): string | undefined =>
  /(?<=<)([\S]*)(?=>; rel="next")/i.exec(response.headers.get('link') ?? '')?.[0];

describe.each(['node', 'next'])('on the %s mount', (mount) => {
  const call = (url: string) =>
    fetch(url, { redirect: 'manual', headers: { Authorization: `Bearer ${keys.good.secretKey}` } });

  test('pagination through Link stays at the gateway', async () => {
    const visited: string[] = [];
    const ids: number[] = [];
    for (let url: string | undefined = `${base[mount]}/stub/pages?per_page=1`; url; ) {
      visited.push(url);
      const response = await call(url);
      ids.push(...((await response.json()) as { id: number }[]).map(({ id }) => id));
      url = nextPage(response);
    }
    expect(ids).toEqual([1, 2, 3]);
    expect(visited.slice(1)).toEqual([
      `${base[mount]}/stub/pages?per_page=1&page=2`,
      `${base[mount]}/stub/pages?per_page=1&page=3`,
    ]);
    const secrets = upstream.seen.filter(({ rawHeaders }) => rawHeaders.join().includes('lk_sk_'));
    expect(secrets).toEqual([]);
  });

  test('every header that points at the upstream points at the gateway instead', async () => {
    const response = await call(`${base[mount]}/stub/pages?page=3`);
    const third = `${base[mount]}/stub/pages?page=3`;
    expect(response.status).toBe(201);
    expect(response.headers.get('link')).toBe(
      `<${third}>; rel="last", <https://docs.example/help>; rel="help"`,
    );
    expect(response.headers.get('content-location')).toBe(third);
    expect(response.headers.get('operation-location')).toBe(third);
    expect(response.headers.get('azure-asyncoperation')).toBe(third);
    expect(response.headers.get('refresh')).toBe(`30; url=${third}`);
    const location = new URL(response.headers.get('location') ?? '', response.url).href;
    expect(location).toBe(`${base[mount]}/stub/pages?page=1`);
    const upstreamHost = new URL(upstream.url).host;
    expect(JSON.stringify([...response.headers])).not.toContain(upstreamHost);
  });
});
