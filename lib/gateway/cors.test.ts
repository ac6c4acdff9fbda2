import { afterAll, beforeAll, expect, test } from 'vitest';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { knownCredential, nodeGateway, pair } from '#tests/support/node-gateway.ts';
import { preflightHeaders, readOrigin } from './cors.ts';

/** The gateway as a browser sees it, over real sockets. */

const SITE = 'https://shop.example.com';
const plain = mintKeyPair('production');
const paused = mintKeyPair('production');
const onPages: [string, string][] = [];
const asked: string[] = [];
let reached = 0;
let gateway: Awaited<ReturnType<typeof nodeGateway>>;

const allowedDomains = ['shop.example.com', '*.example.org'];
const KEYS = new Map([
  [pair.keyId, knownCredential({ allowedDomains })],
  [plain.keyId, knownCredential({ id: 'plain', ...plain })],
  [paused.keyId, knownCredential({ id: 'paused', ...paused, allowedDomains, status: 'paused' })],
]);

beforeAll(async () => {
  gateway = await nodeGateway({
    upstream: (_request, response) => {
      reached++;
      response
        .setHeader('Access-Control-Allow-Origin', '*')
        .setHeader('Access-Control-Allow-Credentials', 'true');
      response.setHeader('X-Total', '7').setHeader('Link', '<https://other.test>; rel="next"').end('ok');
    },
    policy: { mode: 'except', names: new Set(['x-internal']) },
    ports: {
      credentials: { find: (keyId) => KEYS.get(keyId) ?? null },
      origins: {
        allows: (api, host) => {
          asked.push(`${api} ${host}`);
          return host === 'shop.example.com';
        },
      },
      routes: {
        api: (api) =>
          api === 'nothing' ? null : { id: api, browserAccess: api !== 'closed', policy, keys: null },
      },
    },
    serves: (method, path) => path === '/cities' && ['GET', 'HEAD', 'POST'].includes(method),
    usedOnPage: (known, origin) => void onPages.push([known.id, origin]),
  });
});
afterAll(() => gateway.stop());

const policy = { mode: 'except', names: new Set(['x-internal']) } as const;
const call = (path: string, headers: Record<string, string>, method = 'GET') =>
  fetch(`${gateway.url}${path}`, { method, headers });
const preflight = (path: string, origin = SITE, method = 'POST', requested = 'content-type,x-api-key') =>
  call(
    path,
    {
      Origin: origin,
      'Access-Control-Request-Method': method,
      ...(requested && { 'Access-Control-Request-Headers': requested }),
    },
    'OPTIONS',
  );
const corsOf = ({ headers }: Response) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'));

test('a preflight is answered without a key, for the path’s methods and the headers that arrive', async () => {
  const response = await preflight(
    ...(['/api/cities', SITE, 'POST'] as const),
    'authorization, Content-Type,x-api-key,stripe-version,cookie,x-internal,x-request-id,x_odd, baggage',
  );
  expect(response.status).toBe(204);
  const { headers } = response;
  expect(headers.get('access-control-allow-origin')).toBe(SITE);
  expect(headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST');
  expect(headers.get('access-control-allow-headers')).toBe(
    'authorization, content-type, x-api-key, stripe-version, baggage',
  );
  expect(headers.get('access-control-allow-credentials')).toBeNull();
  expect(headers.get('access-control-max-age')).toBe('600');
  expect(headers.get('vary')).toContain('Origin');
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  ['another origin', '/api/cities', 'https://evil.example', 403, 'origin_not_allowed'],
  ['an opaque origin', '/api/cities', 'null', 403, 'origin_not_allowed'],
  ['an origin with a path', '/api/cities', `${SITE}/`, 403, 'origin_not_allowed'],
  ['an API without browser access', '/closed/cities', SITE, 403, 'origin_not_allowed'],
  ['an unknown API', '/nothing/cities', SITE, 403, 'origin_not_allowed'],
  ['an unroutable path', '/api/../cities%00', SITE, 403, 'origin_not_allowed'],
  ['a path without endpoints', '/api/other', SITE, 404, 'unknown_endpoint'],
])(
  'a preflight from %s is refused, and nothing reaches the upstream',
  async (_case, path, origin, status, code) => {
    const before = reached;
    const response = await preflight(path, origin);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code]);
    expect(reached).toBe(before);
  },
);

test('the key of a request decides, and its pages can read every header of the response', async () => {
  for (const origin of [SITE, 'https://a.example.org', 'http://shop.example.com:8080']) {
    const response = await call('/api/cities', { Origin: origin, 'X-API-Key': pair.secretKey });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
  }
});

test('the upstream’s own CORS headers are replaced', async () => {
  const response = await call('/api/cities', { Origin: SITE, Authorization: `Bearer ${pair.secretKey}` });
  expect([response.status, await response.text()]).toEqual([200, 'ok']);
  expect(response.headers.get('access-control-allow-origin')).toBe(SITE);
  expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  const exposed = response.headers.get('access-control-expose-headers')?.split(', ');
  expect(exposed).toEqual(
    expect.arrayContaining(['X-Total', 'Link', 'X-Request-Id', 'RateLimit', 'RateLimit-Policy']),
  );
  expect(exposed).not.toContain('*');
  expect(response.headers.get('vary')).toContain('Origin');
});

test('a page can read the refusals of its key, and of credentials that are no key', async () => {
  const cases: [Record<string, string>, string][] = [
    [{ 'X-API-Key': paused.secretKey }, 'credential_paused'],
    [{ 'X-API-Key': 'nonsense' }, 'malformed_credentials'],
    [{ 'X-API-Key': mintKeyPair('production').secretKey }, 'invalid_credentials'],
    [{}, 'missing_credentials'],
  ];
  for (const [headers, code] of cases) {
    const response = await call('/api/cities', { Origin: SITE, ...headers });
    expect(response.headers.get('access-control-allow-origin'), code).toBe(SITE);
    expect(response.headers.get('access-control-expose-headers'), code).toContain('X-Request-Id');
    expect(await response.json()).toMatchObject({ code });
  }
});

test.each([
  ['a key without allowed domains', '/api/cities', SITE, plain.secretKey],
  ['an origin that is not the key’s', '/api/cities', 'https://evil.example', pair.secretKey],
  ['an API without browser access', '/closed/cities', SITE, pair.secretKey],
  ['no key and an unknown origin', '/api/cities', 'https://evil.example', 'nonsense'],
])('%s gets no CORS headers', async (_case, path, origin, key) => {
  expect(corsOf(await call(path, { Origin: origin, 'X-API-Key': key }))).toEqual([]);
});

test('requests without an Origin get none, and ask nothing', async () => {
  const before = asked.length;
  const response = await call('/api/cities', { Referer: `${SITE}/page`, 'X-API-Key': pair.secretKey });
  expect([response.status, corsOf(response)]).toEqual([200, []]);
  expect(asked.length).toBe(before);
});

test('a Production key that a browser sends is reported, one that a server sends is not', async () => {
  onPages.length = 0;
  const key = { 'X-API-Key': plain.secretKey };
  await call('/api/cities', { ...key, Origin: SITE, 'User-Agent': 'Mozilla/5.0' });
  await call('/api/cities', {
    ...key,
    Origin: 'https://evil.example',
    'Sec-Fetch-Site': 'cross-site',
    'User-Agent': '',
  });
  expect(onPages).toEqual([
    ['plain', SITE],
    ['plain', 'https://evil.example'],
  ]);
  await call('/api/cities', { ...key, Origin: SITE, 'User-Agent': 'server/1' });
  await call('/api/cities', { ...key, 'User-Agent': 'Mozilla/5.0' });
  await call('/api/cities', { 'X-API-Key': 'nonsense', Origin: SITE, 'User-Agent': 'Mozilla/5.0' });
  expect(onPages).toHaveLength(2);
});

test('a preflight’s list of headers is bounded', () => {
  const answer = { id: '1', origin: SITE, methods: ['GET'], policy: null, keyHeader: null };
  const many = Array.from({ length: 500 }, (_, i) => `x-${i}`).join(',');
  const headers = preflightHeaders({ ...answer, requested: many });
  expect(headers.at(-1)!.split(', ')).toHaveLength(100);
  expect(preflightHeaders({ ...answer, requested: 'x,'.repeat(10_000) })).not.toContain(
    'Access-Control-Allow-Headers',
  );
});

test.each(['https://a.test', 'http://a.test:8080', 'https://xn--bcher-kva.test'])(
  '%s is an origin',
  (origin) => {
    expect(readOrigin(origin)?.origin).toBe(origin);
  },
);

test.each([
  'null',
  '',
  'https://a.test/',
  'a.test',
  'https://A.test',
  'https://u@a.test',
  'file://',
  'https://a.test:443',
])('“%s” is not an origin of a web page', (origin) => {
  expect(readOrigin(origin)).toBeNull();
});
