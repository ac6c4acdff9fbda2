import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { log } from '#lib/process/log.ts';
import { digestBody, type Ticket } from '#lib/tester/ticket.ts';
import { createGateway, type Gateway } from './create-gateway.ts';
import type { SlotOptions } from './fair-slots.ts';
import type { CallSubject, Completion, GatewayPorts, KnownCredential, Route } from './ports.ts';
import { Unavailable } from './ports.ts';

const pair = mintKeyPair('production');
const credential: KnownCredential = {
  id: 'credential',
  keyId: pair.keyId,
  secretDigest: pair.secretDigest,
  environment: 'production',
  status: 'active',
  expiresAtMs: null,
  teamId: 'team',
  teamApiId: 'team_1',
  teamDeleted: false,
  dailyQuota: 10,
  burstRequests: 5,
  burstWindowSeconds: 1,
  limits: [],
  applicationId: 'application',
  applicationPublicId: 'app_1',
  applicationArchived: false,
  endpoints: new Set(['endpoint']),
  memberId: null,
  memberActive: true,
  allowedIps: [],
  allowedDomains: [],
  originRequired: true,
};
const allowance = { ok: true, limit: 10, remaining: 9, resetSeconds: 60, day: '2026-01-01' } as const;

const burst = {
  ok: true,
  requests: 5,
  windowSeconds: 1,
  remaining: 4,
  resetSeconds: 1,
  retryAfterSeconds: 0,
};

let hits: string[] = [];
let seenHeaders: IncomingHttpHeaders = {};
/** Bodies that arrived completely. */
let bodies: string[] = [];
const upstream = createServer((request, response) => {
  hits.push(request.url ?? '');
  seenHeaders = request.headers;
  if (request.method === 'POST') {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    return void request.on('end', () => {
      bodies.push(body);
      response.writeHead(200, { 'Content-Length': '2' }).end('ok');
    });
  }
  if (request.url === '/reset') return void request.socket.resetAndDestroy();
  if (request.url === '/late')
    return void setTimeout(
      () => response.write('one', () => setTimeout(() => response.end('two'), 100)),
      100,
    );
  if (request.url === '/stream') return void response.write('one', () => response.end('two'));
  if (request.url === '/empty') return void response.writeHead(204).end();
  if (request.url === '/away') return void response.writeHead(302, { Location: 'http://evil.test/' }).end();
  if (request.url === '/short')
    return void response
      .writeHead(200, { 'Content-Length': '9' })
      .write('one', () => request.socket.destroy());
  response.writeHead(200, { 'Content-Length': '2' }).end('ok');
});
let gateways: Gateway[] = [];
let origin = '';
let logged: string[] = [];

beforeEach(async () => {
  hits = [];
  logged = [];
  await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done));
  origin = originOf(upstream.address() as AddressInfo); // TCP, just opened.
  const collect = (...fields: unknown[]) => void logged.push(inspect(fields));
  vi.spyOn(log, 'error').mockImplementation(collect);
  vi.spyOn(log, 'warn').mockImplementation(collect);
});
afterEach(async () => {
  for (const gateway of gateways) await gateway.close();
  gateways = [];
  upstream.closeAllConnections();
  await new Promise((done) => upstream.close(done));
});

const originOf = ({ port }: AddressInfo) => `http://127.0.0.1:${port}`;

function aRoute(path: string): Route {
  const base = { origin, basePath: '' };
  const upstreams = { production: base, staging: base, development: base };
  return { endpointId: 'endpoint', apiId: 'api', path, upstreams, upstreamHeader: null };
}

type Options = { upstream?: { allowPrivateUpstreams: boolean }; concurrency?: Partial<SlotOptions> };
type Overrides = { [Port in keyof GatewayPorts]?: Partial<GatewayPorts[Port]> };

/** A gateway with one credential, every path as an endpoint, and a record of calls to its ports. */
function aGateway(overrides: Overrides = {}, options: Options = {}) {
  const told = {
    takes: 0,
    givenBack: [] as string[],
    intents: 0,
    completions: [] as Completion[],
    refusals: [] as string[],
  };
  const ports: GatewayPorts = {
    credentials: {
      find: (keyId) => (keyId === pair.keyId ? credential : null),
      findNone: async () => {},
      ...overrides.credentials,
    },
    routes: {
      match: (api, _method, path) => (api === 'api' ? aRoute(path) : null),
      api: (api) => (api === 'api' ? { id: 'api', browserAccess: true, policy: null, keys: null } : null),
      ...overrides.routes,
    },
    origins: { allows: () => false, ...overrides.origins },
    tickets: { read: () => null, redeem: async () => false, ...overrides.tickets },
    burst: { take: () => burst, ...overrides.burst },
    quota: {
      take: () => {
        told.takes++;
        return allowance;
      },
      giveBack: (_credential, day) => void told.givenBack.push(day),
      ...overrides.quota,
    },
    usage: {
      intent: async () => void told.intents++,
      complete: async (_call, completion) => void told.completions.push(completion),
      refuse: async (_call, { reason }) => void told.refusals.push(reason),
      ...overrides.usage,
    },
    clock: { nowMs: () => 1_767_225_600_000, day: () => '2026-01-01', ...overrides.clock },
  };
  const gateway = createGateway(ports, {
    portalUrl: 'https://portal.test',
    gatewayUrl: 'https://gateway.test',
    locationBase: '',
    trustedProxies: [],
    bodyLimitBytes: 1_000,
    allowPrivateUpstreams: true,
    connectTimeoutMs: 1_000,
    firstByteTimeoutMs: 2_000,
    idleTimeoutMs: 2_000,
    concurrency: { perUpstream: 8, perTeam: 4, queueMax: 2, waitMs: 300, ...options.concurrency },
    ...options.upstream,
  });
  gateways.push(gateway);
  return { gateway, told };
}

type Answer = { status: number; headers: string[]; body: string; broken: boolean };

/** Sends a request and waits until the response has ended or was interrupted. Status 0: it never started. */
function call(
  gateway: Gateway,
  target = '/api/ok',
  headers = ['X-API-Key', pair.secretKey],
  method = 'GET',
  body: Readable | null = null,
): Promise<Answer> {
  const answer: Answer = { status: 0, headers: [], body: '', broken: false };
  return new Promise((done) => {
    gateway.handle({ method, target, rawHeaders: headers, remoteAddress: '192.0.2.1' }, body, {
      start: (status, fields) => Object.assign(answer, { status, headers: fields }),
      write: (chunk) => {
        answer.body += chunk;
        return true;
      },
      end: (chunk) => {
        answer.body += chunk ?? '';
        done(answer);
      },
      destroy: () => done({ ...answer, broken: true }),
    });
  });
}

const expectProblem = (answer: Answer, status: number, code: string) => {
  expect(answer).toMatchObject({ status, broken: false });
  expect(answer.headers).toEqual(expect.arrayContaining(['application/problem+json']));
  expect(JSON.parse(answer.body)).toMatchObject({ status, code });
};

test('an accepted request is recorded, forwarded once, completed and responded to', async () => {
  const { gateway, told } = aGateway();

  expect(await call(gateway)).toMatchObject({ status: 200, body: 'ok', broken: false });
  expect(hits).toEqual(['/ok']);
  expect(told).toMatchObject({ takes: 1, intents: 1, givenBack: [] });
  expect(told.completions).toMatchObject([{ outcome: 'answered', status: 200, counted: true, bytesOut: 2 }]);
});

const broken = () => {
  throw new Error('the disk of db-7 is full');
};
const rejected = () => Promise.reject(new Error('the disk of db-7 is full'));
const away = () => Promise.reject(new Unavailable('db-7'));

test.each([
  ['finding the credential throws', 500, 'internal_error', { credentials: { find: broken } }],
  ['finding the credential rejects', 500, 'internal_error', { credentials: { find: rejected } }],
  ['the database is away', 503, 'temporarily_unavailable', { credentials: { find: away } }],
  ['matching the route throws', 500, 'internal_error', { routes: { match: broken } }],
  ['taking from the quota throws', 500, 'internal_error', { quota: { take: broken } }],
  ['taking from the quota rejects', 500, 'internal_error', { quota: { take: rejected } }],
  ['the quota is away', 503, 'temporarily_unavailable', { quota: { take: away } }],
  ['writing the intent rejects', 503, 'metering_unavailable', { usage: { intent: rejected } }],
  ['writing the intent throws', 503, 'metering_unavailable', { usage: { intent: broken } }],
] as [string, number, string, Overrides][])(
  '%s: nothing is forwarded',
  async (_case, status, code, overrides) => {
    const { gateway, told } = aGateway(overrides);

    const answer = await call(gateway);

    expectProblem(answer, status, code);
    expect(answer.body).not.toContain('db-7');
    expect(hits).toEqual([]);
    expect(told.completions).toEqual([]);
    expect(told.takes - told.givenBack.length).toBe(0);
  },
);

test('an unexpected error is logged with its cause, an expected outage is not', async () => {
  await call(aGateway({ credentials: { find: rejected } }).gateway);
  expect(logged.join('')).toContain('the disk of db-7 is full');
  logged = [];
  await call(aGateway({ credentials: { find: away } }).gateway);
  expect(logged).toEqual([]);
});

test('a failed record and a failed upstream are logged, but not too often', async () => {
  const { gateway } = aGateway({ usage: { intent: rejected } });
  await Promise.all([call(gateway), call(gateway), call(gateway)]);
  expect(logged).toHaveLength(1);
  expect(logged[0]).toContain('A request could not be recorded');
  expect(logged[0]).toContain('the disk of db-7 is full');
  logged = [];
  await call(aGateway().gateway, '/api/reset');
  expect(logged.join('')).toContain('The upstream failed');
});

test("a rejection is sent even if it can't be recorded", async () => {
  for (const refuse of [rejected, broken]) {
    const { gateway } = aGateway({ usage: { refuse } });
    expectProblem(await call(gateway, '/nowhere/a'), 404, 'unknown_endpoint');
  }
  expect(hits).toEqual([]);
});

test('an exhausted quota rejects the request, records it, and forwards nothing', async () => {
  const { gateway, told } = aGateway({
    quota: { take: () => ({ ok: false, kind: 'team', limit: 10, resetSeconds: 77 }) },
  });

  const answer = await call(gateway);

  expectProblem(answer, 429, 'quota_exceeded');
  expect(answer.headers).toEqual(
    expect.arrayContaining(['Retry-After', '77', '"burst";r=4;t=1, "daily";r=0;t=77']),
  );
  expect(told).toMatchObject({ refusals: ['quota_exceeded'], intents: 0, givenBack: [] });
  expect(hits).toEqual([]);
});

test.each([
  ['credential', 'key_limit_exceeded'],
  ['member', 'member_limit_exceeded'],
  ['application', 'application_limit_exceeded'],
  ['non_production', 'production_reserved'],
  ['team', 'quota_exceeded'],
] as const)('a reached limit of kind %s has its own code: %s', async (kind, code) => {
  const { gateway, told } = aGateway({
    quota: { take: () => ({ ok: false, kind, limit: 10, resetSeconds: 77 }) },
  });

  const answer = await call(gateway);

  expectProblem(answer, 429, code);
  expect(JSON.parse(answer.body)).toMatchObject({
    detail: expect.stringContaining('It resets at 00:00 UTC.'),
    limit: { requests: 10, window_seconds: 86_400, retry_after_seconds: 77 },
  });
  expect(answer.headers).toEqual(expect.arrayContaining(['Retry-After', '77']));
  expect(told.refusals).toEqual([code]);
});

test('an exhausted burst limit rejects before the daily limits are checked, and counts toward none', async () => {
  const { gateway, told } = aGateway({
    burst: { take: () => ({ ...burst, ok: false, remaining: 0, retryAfterSeconds: 3 }) },
  });

  const answer = await call(gateway);

  expectProblem(answer, 429, 'rate_limited');
  expect(answer.headers).toEqual(
    expect.arrayContaining(['Retry-After', '3', '"burst";q=5;w=1', '"burst";r=0;t=1']),
  );
  expect(told).toMatchObject({ takes: 0, refusals: ['rate_limited'] });
  expect(hits).toEqual([]);
});

test('a response has the remaining burst and daily limits', async () => {
  const { headers } = await call(aGateway().gateway);
  expect(headers[headers.indexOf('RateLimit-Policy') + 1]).toBe('"burst";q=5;w=1, "daily";q=10;w=86400');
  expect(headers[headers.indexOf('RateLimit') + 1]).toBe('"burst";r=4;t=1, "daily";r=9;t=60');
});

test('a Production-only endpoint rejects keys of other environments', async () => {
  for (const environment of ['development', 'staging'] as const) {
    const { gateway, told } = aGateway({
      tickets: { read: () => aTicket(), redeem: async () => true },
      credentials: { find: () => ({ ...credential, environment }) },
      routes: {
        match: (_api, _method, path) => ({ ...aRoute(path), productionOnly: true }),
      },
    });
    const answer = await call(gateway, '/api/ok?page=2', withTicket);
    expectProblem(answer, 403, 'environment_not_allowed');
    expect(told).toMatchObject({ takes: 0, refusals: ['environment_not_allowed'] });
  }
  expect(hits).toEqual([]);
});

const aTicket = (values: Partial<Ticket> = {}): Ticket => ({
  keyId: pair.keyId,
  memberId: 'member',
  clientIp: '203.0.113.7',
  method: 'GET',
  target: '/api/ok?page=2',
  nonce: 'nonce',
  expiresAtMs: 0,
  ...values,
});
const withTicket = ['X-Latchkey-Ticket', 'text'];

test("a ticket replaces the secret: the request is metered as the tester's and the header is not forwarded", async () => {
  const redeemed: Ticket[] = [];
  const seen: CallSubject[] = [];
  const { gateway, told } = aGateway({
    tickets: {
      read: () => aTicket(),
      redeem: async (ticket) => redeemed.push(ticket) > 0,
    },
    usage: { intent: async (subject) => void seen.push(subject) },
  });

  expect(await call(gateway, '/api/ok?page=2', withTicket)).toMatchObject({ status: 200, body: 'ok' });
  expect(hits).toEqual(['/ok?page=2']);
  expect(JSON.stringify(seenHeaders)).not.toContain('ticket');
  expect(seenHeaders).toMatchObject({ 'x-forwarded-for': '203.0.113.7' });
  expect(seen).toMatchObject([{ via: 'tester', clientIp: '203.0.113.7', credential: { keyId: pair.keyId } }]);
  expect([redeemed.length, told.takes]).toEqual([1, 1]);
});

test.each([
  ['not ours, altered or expired', { read: () => null }, '/api/ok?page=2'],
  ['used before', { redeem: async () => false }, '/api/ok?page=2'],
  ['for another method', { read: () => aTicket({ method: 'DELETE' }) }, '/api/ok?page=2'],
  ['for another target', {}, '/api/ok?page=3'],
  ['for another key', { read: () => aTicket({ keyId: 'unknown' }) }, '/api/ok?page=2'],
  ['for a call with a body', { read: () => aTicket({ bodyDigest: digestBody('x') }) }, '/api/ok?page=2'],
] as [string, Partial<GatewayPorts['tickets']>, string][])(
  'a ticket is rejected like a wrong secret: %s',
  async (_case, tickets, target) => {
    const { gateway, told } = aGateway({
      tickets: { read: () => aTicket(), redeem: async () => true, ...tickets },
    });

    expectProblem(await call(gateway, target, withTicket), 401, 'invalid_credentials');
    expect(told).toMatchObject({ takes: 0, intents: 0, refusals: [] });
    expect(hits).toEqual([]);
  },
);

test('a ticket together with a key, or a repeated ticket, is rejected', async () => {
  const { gateway } = aGateway({ tickets: { read: () => aTicket(), redeem: async () => true } });
  for (const headers of [
    [...withTicket, 'X-API-Key', pair.secretKey],
    [...withTicket, ...withTicket],
  ])
    expectProblem(await call(gateway, '/api/ok?page=2', headers), 401, 'malformed_credentials');
});

test("for a ticket, allowed IPs apply to the member's address, and it has no domain", async () => {
  const ticketOf = (clientIp: string | null) => ({
    read: () => aTicket({ clientIp }),
    redeem: async () => true,
  });
  const find = (values: Partial<KnownCredential>) => ({ find: () => ({ ...credential, ...values }) });
  const ask = async (
    tickets: ReturnType<typeof ticketOf>,
    values: Partial<KnownCredential>,
    headers = withTicket,
  ) =>
    (await call(aGateway({ tickets, credentials: find(values) }).gateway, '/api/ok?page=2', headers)).status;

  const allowedIps = ['203.0.113.0/24'];
  expect(await ask(ticketOf('203.0.113.7'), { allowedIps })).toBe(200);
  expect(await ask(ticketOf('::ffff:203.0.113.7'), { allowedIps })).toBe(200);
  expect(await ask(ticketOf('198.51.100.7'), { allowedIps })).toBe(403);
  expect(await ask(ticketOf(null), { allowedIps })).toBe(403);
  const allowedDomains = ['app.example.com'];
  expect(await ask(ticketOf(null), { allowedDomains })).toBe(403);
  const site = [...withTicket, 'Origin', 'https://app.example.com'];
  expect(await ask(ticketOf(null), { allowedDomains }, site)).toBe(200);
  expect(await ask(ticketOf(null), { status: 'paused' })).toBe(401);
});

test("nothing is forwarded if a ticket can't be checked", async () => {
  const { gateway } = aGateway({ tickets: { read: () => aTicket(), redeem: away } });
  expectProblem(await call(gateway, '/api/ok?page=2', withTicket), 503, 'temporarily_unavailable');
  expect(hits).toEqual([]);
});

test.each([
  ['that was signed for', '{"a":1}', 200, ['{"a":1}']],
  ['of another content', '{"a":2}', 401, []],
  ['with more to it', '{"a":1} ', 401, []],
])('a ticket with a body %s', async (_case, body, status, whole) => {
  const { gateway, told } = aGateway({
    tickets: {
      read: () => aTicket({ method: 'POST', bodyDigest: digestBody('{"a":1}') }),
      redeem: async () => true,
    },
  });
  for (const length of [String(body.length), undefined]) {
    bodies = [];
    const headers = length ? [...withTicket, 'Content-Length', length] : withTicket;
    const answer = await call(gateway, '/api/ok?page=2', headers, 'POST', Readable.from([Buffer.from(body)]));
    expect(answer.status).toBe(status);
    expect(bodies).toEqual(whole);
  }
  expect(told.givenBack).toHaveLength(status === 200 ? 0 : 2);
});

test.each([
  [
    'an unknown key',
    ['X-API-Key', mintKeyPair('production').secretKey],
    '/api/ok',
    401,
    'invalid_credentials',
  ],
  ['no key', [], '/api/ok', 401, 'missing_credentials'],
  ['a key in the query', [], `/api/ok?k=${pair.secretKey}`, 400, 'key_in_query'],
  ['two Hosts', ['Host', 'a', 'Host', 'b', 'X-API-Key', pair.secretKey], '/api/ok', 400, 'malformed_request'],
  ['an upgrade', ['Upgrade', 'websocket', 'X-API-Key', pair.secretKey], '/api/ok', 400, 'malformed_request'],
  ['a hidden parent', ['X-API-Key', pair.secretKey], '/api/%2e%2e/ok', 400, 'unroutable_path'],
  [
    'a URL that is too long',
    ['X-API-Key', pair.secretKey],
    `/api/ok?q=${'x'.repeat(8_192)}`,
    414,
    'uri_too_long',
  ],
  [
    'a large body announced',
    ['Content-Length', '1001', 'X-API-Key', pair.secretKey],
    '/api/ok',
    413,
    'body_too_large',
  ],
] as const)(
  "%s doesn't count toward the quota and forwards nothing",
  async (_case, headers, target, status, code) => {
    const { gateway, told } = aGateway();

    expectProblem(await call(gateway, target, [...headers]), status, code);
    expect(told).toMatchObject({ takes: 0, intents: 0 });
    expect(hits).toEqual([]);
  },
);

test('an unconnected endpoint forwards nothing', async () => {
  const { gateway, told } = aGateway({
    credentials: { find: () => ({ ...credential, endpoints: new Set() }) },
  });

  expectProblem(await call(gateway), 403, 'endpoint_not_connected');
  expect(told).toMatchObject({ takes: 0, refusals: ['endpoint_not_connected'] });
  expect(hits).toEqual([]);
});

test.each([
  ['/api/ok', { status: 200, body: '' }],
  ['/api/stream', { status: 200, body: 'onetwo' }],
  // Complete with its head, so not even the head is sent.
  ['/api/empty', { status: 0, body: '' }],
  ['/api/reset', { status: 0, body: '' }],
  ['/api/away', { status: 0, body: '' }],
])(
  "if the record of %s can't be completed, the response is interrupted before its end",
  async (target, sent) => {
    for (const complete of [rejected, broken]) {
      const { gateway } = aGateway({ usage: { complete } });

      expect(await call(gateway, target)).toMatchObject({ ...sent, broken: true });
    }
  },
);

test('the upstream time is measured up to the head of the response, separately from the total', async () => {
  const { gateway, told } = aGateway();
  await call(gateway, '/api/late');

  const [completion] = told.completions;
  expect(completion!.upstreamMs).toBeGreaterThan(95);
  // Timers on a busy machine fire late, never early. The second wait is only part of the total.
  expect(completion!.latencyMs - completion!.upstreamMs!).toBeGreaterThan(95);
});

test('a response cut short by the upstream is interrupted, and the request counts', async () => {
  const { gateway, told } = aGateway();

  expect(await call(gateway, '/api/short')).toMatchObject({ status: 200, broken: true });
  expect(told.completions).toMatchObject([{ status: 200, reason: 'upstream_unreachable', counted: true }]);
  expect(told.givenBack).toEqual([]);
});

test("a request whose connection was refused doesn't count", async () => {
  const { gateway, told } = aGateway();
  await new Promise((done) => upstream.close(done));
  const answer = await call(gateway);
  await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done));

  expectProblem(answer, 502, 'upstream_unreachable');
  expect(told.givenBack).toEqual(['2026-01-01']);
  const failed = { status: 502, reason: 'upstream_unreachable', counted: false, upstreamMs: undefined };
  expect(told.completions).toMatchObject([failed]);
});

test("an upstream on a private network is not called, and the request doesn't count", async () => {
  const { gateway, told } = aGateway({}, { upstream: { allowPrivateUpstreams: false } });

  expectProblem(await call(gateway), 502, 'upstream_unreachable');
  expect(hits).toEqual([]);
  expect(told.givenBack).toHaveLength(1);
});

test.each([
  ['/api/reset', 502, 'upstream_unreachable'],
  ['/api/away', 502, 'upstream_redirect'],
])('%s reached the upstream, so it counts', async (target, status, code) => {
  const { gateway, told } = aGateway();

  expectProblem(await call(gateway, target), status, code);
  expect(hits).toHaveLength(1);
  expect(told.givenBack).toEqual([]);
  expect(told.completions).toMatchObject([{ status, reason: code, counted: true }]);
});

test("a request whose client left before it was forwarded doesn't count", async () => {
  const { gateway, told } = aGateway();
  const outlet = { start: () => {}, write: () => true, end: () => {}, destroy: () => {} };
  const inbound = {
    method: 'GET',
    target: '/api/ok',
    rawHeaders: ['X-API-Key', pair.secretKey],
    remoteAddress: null,
  };

  gateway.handle(inbound, null, outlet).clientGone();

  await vi.waitFor(() => expect(told.completions).toHaveLength(1));
  expect(told.completions).toMatchObject([{ outcome: 'aborted', status: null, counted: false }]);
  expect(told.givenBack).toHaveLength(1);
  expect(hits).toEqual([]);
});

test('rejections are counted by reason', async () => {
  const { gateway } = aGateway();
  await call(gateway, '/api/ok', []);
  await call(gateway, '/nowhere/a');
  await call(gateway);

  expect(gateway.metrics()).toEqual({
    calls: 3,
    refusals: { missing_credentials: 1, unknown_endpoint: 1 },
  });
});
