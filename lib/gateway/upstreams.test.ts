import type { LookupAddress, LookupOptions } from 'node:dns';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ForbiddenAddress } from '#lib/catalog/checked-lookup.ts';
import { readUpstreamUrl } from '#lib/catalog/upstream-url.ts';
import { openUpstreams } from './upstreams.ts';

// Replaces a name server under an attacker's control: each lookup takes the next response, and the last one is repeated.
const names = vi.hoisted(() => ({ answers: [] as string[][], asked: 0 }));
vi.mock('node:dns', async (original) => ({
  ...(await original<typeof import('node:dns')>()),
  lookup: (
    _name: string,
    _options: LookupOptions,
    done: (error: Error | null, addresses: LookupAddress[]) => void,
  ) => {
    names.asked++;
    const [first = []] = names.answers.length > 1 ? names.answers.splice(0, 1) : names.answers;
    if (first.length === 0) return done(new Error('ENOTFOUND'), []);
    done(
      null,
      first.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  },
}));

/** Not assigned to any registry yet (RFC 4291 global unicast), so nothing responds there. */
const PUBLIC_BUT_NOBODY = '2000::1';

let hits = 0;
const server = createServer((_request, response) => {
  hits++;
  response.end('inside');
});
let port = 0;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port; // TCP, just opened.
});
afterAll(() => server.close());

let open: ReturnType<typeof openUpstreams>[] = [];
beforeEach(() => {
  hits = 0;
  names.asked = 0;
});
afterEach(async () => {
  for (const upstreams of open) await upstreams.close();
  open = [];
});

const upstreams = (allowPrivateUpstreams: boolean) => {
  const opened = openUpstreams({
    allowPrivateUpstreams,
    connectTimeoutMs: 300,
    firstByteTimeoutMs: 1_000,
    idleTimeoutMs: 1_000,
    connectionsPerOrigin: 8,
  });
  open.push(opened);
  return opened;
};

/** Resolves to the body of the response, or to the error. */
const call = (through: ReturnType<typeof openUpstreams>, origin: string) =>
  new Promise<string | Error>((done) => {
    let body = '';
    through.dispatch(
      origin,
      { method: 'GET', path: '/' },
      {
        onRequestStart: () => {},
        onResponseStart: () => {},
        onResponseData: (_controller, chunk) => {
          body += chunk;
        },
        onResponseEnd: () => done(body),
        onResponseError: (_controller, error) => done(error),
      },
    );
  });

test('a name that resolves to 127.0.0.1 at the time of the request is not called', async () => {
  const origin = `http://rebind.example.com:${port}`;
  expect(readUpstreamUrl(origin, { allowPrivate: false })).toMatchObject({ origin });
  names.answers = [[PUBLIC_BUT_NOBODY], ['127.0.0.1']];
  const through = upstreams(false);

  const first = await call(through, origin);
  expect(first).toBeInstanceOf(Error);
  expect(first).not.toBeInstanceOf(ForbiddenAddress);
  // One lookup per connection: the socket gets the address that was checked.
  expect(names.asked).toBe(1);

  expect(await call(through, origin)).toBeInstanceOf(ForbiddenAddress);
  expect(hits).toBe(0);
});

test.each([
  [['127.0.0.1']],
  [['::1']],
  [['::ffff:127.0.0.1']],
  [['169.254.169.254']],
  [['64:ff9b::7f00:1']],
  [[PUBLIC_BUT_NOBODY, '127.0.0.1']],
  [['127.0.0.1', PUBLIC_BUT_NOBODY]],
])('a name that leads to %s is not called', async (answer) => {
  names.answers = [answer];

  expect(await call(upstreams(false), `http://rebind.example.com:${port}`)).toBeInstanceOf(ForbiddenAddress);
  expect(hits).toBe(0);
});

test("a name that doesn't resolve is an ordinary error", async () => {
  names.answers = [[]];
  const answer = await call(upstreams(false), `http://gone.example.com:${port}`);
  expect(answer).toMatchObject({ message: 'ENOTFOUND' });
});

test('an IP address is checked without a lookup', () => {
  for (const origin of [
    `http://127.0.0.1:${port}`,
    `http://[::1]:${port}`,
    'http://[::ffff:7f00:1]',
    'http://10.0.0.1',
  ])
    expect(() => upstreams(false).dispatch(origin, { method: 'GET', path: '/' }, {}), origin).toThrow(
      ForbiddenAddress,
    );
  expect(names.asked).toBe(0);
  expect(hits).toBe(0);
});

test('private networks are called if they are allowed', async () => {
  expect(await call(upstreams(true), `http://127.0.0.1:${port}`)).toBe('inside');
});
