import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { sendRaw } from '#tests/support/raw-http.ts';
import { createPortalEdge } from './portal-edge.ts';

const MIB = 1_024 * 1_024;
const { secretKey } = mintKeyPair('production');
const key = { 'X-API-Key': secretKey };
const session = { Cookie: 'a=b; __Secure-next-auth.session-token=x' };

/** Counts the body bytes that get past the edge, and responds on request. */
let passed = 0;
let hold = false;
const held: (() => void)[] = [];
const admit = createPortalEdge({ portalUrl: 'https://portal.test' });
const server = createServer((request, response) => {
  if (!admit(request, response)) return;
  request.on('data', (chunk: Buffer) => {
    passed += chunk.length;
  });
  request.on('error', () => {});
  request.on('end', () => {
    const answer = () => void response.end('ok');
    if (hold) held.push(answer);
    else answer();
  });
});
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo); // It listens on TCP.
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

type Sent = { method?: string; headers?: Record<string, string>; bytes?: number; chunked?: boolean };

/** Sends a body as a client does that reads the response only after sending. */
function send(path: string, { method = 'POST', headers = {}, bytes = 0, chunked = false }: Sent) {
  return new Promise<{ status: number; headers: IncomingMessage['headers'] }>((resolve, reject) => {
    const length = chunked ? {} : { 'Content-Length': String(bytes) };
    const request = httpRequest(
      { port, path, method, agent: false, headers: { ...headers, ...length } },
      (response) => {
        response.resume();
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
      },
    );
    request.on('error', reject);
    let left = bytes;
    const write = () => {
      while (left > 0) {
        const chunk = Buffer.alloc(Math.min(left, 256 * 1_024));
        left -= chunk.length;
        if (!request.write(chunk)) return void request.once('drain', write);
      }
      request.end();
    };
    write();
  });
}
const statusOf = async (path: string, sent: Sent) => (await send(path, sent)).status;

test('a visitor can send small forms, a signed-in user larger ones', async () => {
  expect(await statusOf('/sign-in', { bytes: 60_000 })).toBe(200);
  expect(await statusOf('/t/acme/apps', { bytes: 4 * MIB, headers: session })).toBe(200);
  expect(await statusOf('/api/secret-scanning', { bytes: 5 * MIB })).toBe(200);
});

test.each([
  ['a large form of a visitor', '/sign-in', { bytes: 70_000 }, 413],
  ['a very large form of a signed-in person', '/t/acme/apps', { bytes: 5 * MIB, headers: session }, 413],
  ['60 MB at any path', '/anything', { bytes: 60 * MIB }, 413],
  ['a very large report', '/api/secret-scanning', { bytes: 6 * MIB }, 413],
  ['GET with a body', '/sign-in', { method: 'GET', bytes: 10 }, 413],
  ['a body of unknown length', '/sign-in', { bytes: 10, chunked: true }, 411],
  [
    'a cookie that only looks like a session',
    '/t/acme',
    { bytes: 70_000, headers: { Cookie: 'x-next-auth.session-token=1' } },
    413,
  ],
  ['TRACE', '/sign-in', { method: 'TRACE' }, 405],
  ['TRACE at the gateway mount', '/gateway/a/b', { method: 'TRACE' }, 405],
  ['PUT with a body', '/sign-in', { method: 'PUT', bytes: 10 }, 405],
  ['a malformed host', '/sign-in', { headers: { Host: 'a b' } }, 400],
  ['POST to a static file', '/_next/static/x.js', { bytes: 0 }, 405],
  ['a server action at the image route', '/_next/image', { bytes: 10, headers: session }, 405],
  ['a server action at the image route with a query', '/_next/image?url=x', { bytes: 10 }, 405],
  ['POST to an icon', '/icon.svg?x', { bytes: 10 }, 405],
] as [string, string, Sent, number][])(
  '%s is rejected before its body is read',
  async (_name, path, sent, status) => {
    passed = 0;
    const { status: received, headers } = await send(path, sent);
    expect(received).toBe(status);
    expect(headers).toHaveProperty('content-security-policy');
    expect(passed).toBe(0);
  },
);

test('the gateway mount takes large bodies, but only with a well-formed key', async () => {
  passed = 0;
  expect(await statusOf('/gateway/api/x', { bytes: 40 * MIB, headers: key })).toBe(200);
  expect(await statusOf('/gateway/api/x', { bytes: 10 * MIB, headers: key, chunked: true })).toBe(200);
  expect(passed).toBe(50 * MIB);

  const users = { Authorization: 'Bearer of-a-user' };
  for (const headers of [
    { ...key, ...users },
    { 'X-Partner-Key': key['X-API-Key'], ...users },
  ])
    expect(await statusOf('/gateway/api/x', { bytes: MIB, headers })).toBe(200);
  expect(passed, 'keys where only some APIs expect them').toBe(52 * MIB);

  passed = 0;
  for (const headers of [
    {},
    { 'X-API-Key': 'x' },
    { Authorization: 'Bearer x' },
    { ...key, 'X-Secret-Key': 'x' },
  ]) {
    expect(await statusOf('/gateway/api/x', { bytes: 20 * MIB, headers })).toBe(200);
    expect(await statusOf('/gateway/api/x', { bytes: 20 * MIB, headers, chunked: true })).toBe(200);
  }
  expect(passed, 'bytes of bodies without a key').toBe(0);
});

test('bodies are bounded in total, and the budget is released afterwards', async () => {
  hold = true;
  const waiting = Array.from({ length: 16 }, () => send('/t/acme', { bytes: 4 * MIB, headers: session }));
  while (held.length < 16) await new Promise((resolve) => setTimeout(resolve, 10));
  const refused = await send('/t/acme', { bytes: 4 * MIB, headers: session });
  expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5']);
  hold = false;
  for (const answer of held.splice(0)) answer();
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(16).fill(200));
  expect(await statusOf('/t/acme', { bytes: 4 * MIB, headers: session })).toBe(200);
});

test('static files carry the security headers, regardless of the response', async () => {
  for (const path of ['/_next/static/none.js', '/_next/image', '/icon.svg', '/favicon.ico']) {
    const { headers } = await send(path, { method: 'GET' });
    expect(headers, path).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
    });
  }
  expect((await send('/sign-in', { method: 'GET' })).headers).not.toHaveProperty('content-security-policy');
});

test('connections stay usable after an unread body', async () => {
  const body = 'x'.repeat(1_000);
  const first = `POST /gateway/a/b HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const second = 'GET /sign-in HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  expect((await sendRaw(port, first + second)).match(/HTTP\/1\.1 200/g)).toHaveLength(2);
});
