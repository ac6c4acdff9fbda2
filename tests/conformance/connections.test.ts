import { connect, type Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { log } from '#lib/process/log.ts';
import { nodeGateway, pair } from '#tests/support/node-gateway.ts';
import { until } from '#tests/support/processes.ts';
import { sendRaw } from '#tests/support/raw-http.ts';

/** Connections that send too little, too much or invalid data are closed, including their sockets. */

let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

async function aGateway(setup: Parameters<typeof nodeGateway>[0] = {}) {
  const gateway = await nodeGateway(setup);
  ends.push(gateway.stop);
  const open = () =>
    new Promise<number>((resolve) => gateway.server.getConnections((_error, n) => resolve(n)));
  return { ...gateway, open };
}

/** A client that keeps its side open regardless of the server. */
function stubborn(port: number, bytes = '') {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const state = { text: '', ended: false, socket };
  socket.on('connect', () => bytes && socket.write(bytes));
  socket.on('data', (chunk) => {
    state.text += chunk;
  });
  socket.on('error', () => {});
  for (const event of ['end', 'close'])
    socket.on(event, () => {
      state.ended = true;
    });
  ends.push(() => socket.destroy());
  return state;
}

test('half-sent headers and idle connections are destroyed at their timeout, even if the client keeps them open', async () => {
  const { port, open } = await aGateway();
  const half = Array.from({ length: 30 }, () => stubborn(port, 'GET /api/x HTTP/1.1\r\nHost: g\r\nX-Slow: '));
  const idle = Array.from({ length: 30 }, () => stubborn(port));
  await until(async () => (await open()) === 60, 'the connections', 5_000);

  await until(async () => (await open()) === 0, 'all sockets to be destroyed', 17_000);
  for (const { text } of half) expect(text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  for (const { text } of idle) expect(text).toBe('');
}, 30_000);

test.each([
  ['an invalid request line', 'NONSENSE\r\n\r\n', 400],
  ['headers that are too large', `GET / HTTP/1.1\r\nHost: g\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`, 431],
  [
    'chunks in HTTP/1.0',
    'POST /api/x HTTP/1.0\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['CONNECT', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n', 405],
])('%s: the client gets its error, and the socket is gone soon after', async (_name, bytes, status) => {
  const { port, open } = await aGateway();
  const client = stubborn(port, bytes);
  await until(() => client.text !== '', 'the response', 3_000);
  expect(client.text).toMatch(
    new RegExp(`^HTTP/1\\.1 ${status} .*\r\nContent-Length: 0\r\nConnection: close\r\n\r\n$`),
  );
  await until(async () => (await open()) === 0, 'the socket to be destroyed', 5_000);
});

test('connections per client address are limited, and a closed one frees a slot', async () => {
  const warned = vi.spyOn(log, 'warn').mockImplementation(() => {});
  const { port, open } = await aGateway({ connectionsPerClient: 5 });
  const clients = Array.from({ length: 8 }, () => stubborn(port));
  await until(() => clients.filter(({ ended }) => ended).length === 3, 'three to be refused', 3_000);
  expect(await open()).toBe(5);
  expect(warned).toHaveBeenCalledWith(
    { client: '127.0.0.1', perClientMax: 5 },
    'Connection refused: too many connections from one address',
  );

  clients.find(({ ended }) => !ended)!.socket.destroy();
  await until(async () => (await open()) === 4, 'the connection to close', 3_000);
  const one = stubborn(port, 'GET /_/healthz HTTP/1.1\r\nHost: g\r\n\r\n');
  await until(() => one.text.startsWith('HTTP/1.1 200'), 'a response', 3_000);
});

test('trusted proxies are not limited', async () => {
  const options = { trustedProxies: ['127.0.0.0/8'] };
  const { port, open } = await aGateway({ connectionsPerClient: 5, options });
  for (let i = 0; i < 8; i++) stubborn(port);
  await until(async () => (await open()) === 8, 'all connections', 3_000);
});

test.each(['a b', 'a/b', 'a@b', 'exa mple.com:80', 'a:b', '[::1', '"', 'a\tb', 'a?b', 'a#b', '<x>', 'a,b c'])(
  'Host %j is rejected',
  async (host) => {
    const { port } = await aGateway();
    const text = await sendRaw(
      port,
      `GET /api/x HTTP/1.1\r\nHost: ${host}\r\nX-API-Key: ${pair.secretKey}\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
  },
);

test.each([
  'gateway',
  'gateway.test',
  'gateway.test:8080',
  '127.0.0.1:80',
  '[::1]:4000',
  'xn--bcher-kva.example',
  '',
])('Host %j is accepted', async (host) => {
  const { port } = await aGateway();
  const text = await sendRaw(
    port,
    `GET /api/x HTTP/1.1\r\nHost: ${host}\r\nX-API-Key: ${pair.secretKey}\r\n\r\n`,
  );
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
});

test.each(['TRACE', 'PROPFIND', 'SEARCH', 'PURGE', 'M-SEARCH'])('%s is rejected with 405', async (method) => {
  const { port } = await aGateway();
  const text = await sendRaw(
    port,
    `${method} /api/x HTTP/1.1\r\nHost: g\r\nX-API-Key: ${pair.secretKey}\r\n\r\n`,
  );
  expect(text).toMatch(/^HTTP\/1\.1 405 /);
  expect(text).toContain('\r\nAllow: GET, HEAD,');
});

/** Sends the head of a response and then what `end` does. */
const brokenUpstream = (head: string, end: (socket: Socket) => void) => ({
  upstream: (request: { socket: Socket }) => {
    request.socket.write(head);
    setTimeout(() => end(request.socket), 50);
  },
});
const CLOSE_DELIMITED = 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\npart of it';
const get = (url: string) => fetch(`${url}/api/x`, { headers: { 'X-API-Key': pair.secretKey } });

test('a response that is delimited by the end of the connection is interrupted if that was a reset', async () => {
  vi.spyOn(log, 'warn').mockImplementation(() => {});
  const reset = await aGateway(brokenUpstream(CLOSE_DELIMITED, (socket) => socket.resetAndDestroy()));
  await expect(get(reset.url).then((response) => response.text())).rejects.toThrow();
  const complete = await aGateway(brokenUpstream(CLOSE_DELIMITED, (socket) => socket.end()));
  expect(await get(complete.url).then((response) => response.text())).toBe('part of it');
});

test.each([600, 999])('an upstream status of %s is an invalid response', async (status) => {
  vi.spyOn(log, 'warn').mockImplementation(() => {});
  const head = `HTTP/1.1 ${status} Odd\r\nContent-Length: 2\r\n\r\nok`;
  const { url } = await aGateway(brokenUpstream(head, () => {}));
  const response = await get(url);
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
    502,
    'upstream_unreachable',
  ]);
});
