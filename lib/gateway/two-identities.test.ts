import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import type { KeyPolicy } from '#lib/catalog/key-policy.ts';
import { nodeGateway, pair } from '#tests/support/node-gateway.ts';

/** A partner's key and a user's Authorization in one request, over real sockets. */

let stop: (() => Promise<void>) | undefined;
afterEach(() => stop?.());

async function anApi(keys: KeyPolicy | null, policy?: { mode: 'except' | 'only'; names: Set<string> }) {
  const seen: { headers: IncomingHttpHeaders; text: string }[] = [];
  const gateway = await nodeGateway({
    keys,
    ...(policy && { policy }),
    upstream: (request, response) => {
      seen.push({ headers: request.headers, text: request.rawHeaders.join('\n') });
      response.writeHead(200, { 'WWW-Authenticate': 'Bearer error="invalid_token"' }).end('ok');
    },
  });
  stop = gateway.stop;
  const call = (headers: Record<string, string>) => fetch(`${gateway.url}/api/x`, { headers });
  return { call, seen };
}

const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;
const USERS = 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc';
const basic = `Basic ${Buffer.from(`${pair.sharedKey}:${pair.secretKey}`).toString('base64')}`;
const xApiKey = { method: 'x-api-key', header: null } as const;
const partnerKey = { method: 'header', header: 'x-partner-key' } as const;

test.each([
  ['X-API-Key', xApiKey, { 'X-API-Key': pair.secretKey }],
  ['a header of its own', partnerKey, { 'X-Partner-Key': pair.secretKey }],
  ['the pair', xApiKey, { 'X-Shared-Key': pair.sharedKey, 'X-Secret-Key': pair.secretKey }],
])(
  'with the key in %s, the user’s Authorization arrives unchanged, and the key doesn’t',
  async (_way, keys, sent) => {
    const { call, seen } = await anApi(keys);
    const response = await call({ ...sent, Authorization: USERS });
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      200,
      'Bearer error="invalid_token"',
    ]);
    expect(seen[0]?.headers.authorization).toBe(USERS);
    expect(seen[0]?.text).not.toMatch(/lk_[sp]k_|x-partner-key/i);
  },
);

test('headers that don’t carry the key belong to the upstream, whichever they are', async () => {
  const { call, seen } = await anApi({ method: 'bearer', header: null });
  const response = await call({ Authorization: `Bearer ${pair.secretKey}`, 'X-API-Key': 'users-own' });
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([200, null]);
  expect(seen[0]?.headers).toMatchObject({ 'x-api-key': 'users-own' });
  expect(seen[0]?.headers).not.toHaveProperty('authorization');
});

test.each([
  ['plain', `Bearer ${pair.secretKey}`],
  ['in base64', basic],
])('a key in the user’s Authorization never arrives: %s', async (_form, authorization) => {
  const { call, seen } = await anApi(xApiKey);
  expect((await call({ 'X-API-Key': pair.secretKey, Authorization: authorization })).status).toBe(200);
  expect(seen[0]?.headers).not.toHaveProperty('authorization');
});

test('an exception holds the user’s Authorization back', async () => {
  const { call, seen } = await anApi(xApiKey, { mode: 'except', names: new Set(['authorization']) });
  expect((await call({ 'X-API-Key': pair.secretKey, Authorization: USERS })).status).toBe(200);
  expect(seen[0]?.headers).not.toHaveProperty('authorization');
});

test('a list of permitted headers doesn’t', async () => {
  const { call, seen } = await anApi(xApiKey, { mode: 'only', names: new Set() });
  expect((await call({ 'X-API-Key': pair.secretKey, Authorization: USERS })).status).toBe(200);
  expect(seen[0]?.headers.authorization).toBe(USERS);
});

test.each([
  [
    'Authorization, if keys are in X-API-Key',
    xApiKey,
    { Authorization: `Bearer ${pair.secretKey}` },
    'missing',
  ],
  [
    'X-API-Key, if keys are Bearer tokens',
    { method: 'bearer', header: null },
    { 'X-API-Key': pair.secretKey },
    'missing',
  ],
  [
    'Basic, if keys are Bearer tokens',
    { method: 'bearer', header: null },
    { Authorization: basic },
    'malformed',
  ],
  [
    'Bearer, if keys use Basic',
    { method: 'basic', header: null },
    { Authorization: `Bearer ${pair.secretKey}` },
    'malformed',
  ],
  ['a header of its own without a key', partnerKey, { 'X-Partner-Key': 'nonsense' }, 'malformed'],
  ['an encoded key', partnerKey, { 'X-Partner-Key': encodeURIComponent(`${pair.secretKey} `) }, 'malformed'],
] as const)('a key in %s is not accepted', async (_place, keys, headers, code) => {
  const { call, seen } = await anApi(keys);
  const response = await call(headers);
  expect([response.status, await codeOf(response)]).toEqual([401, `${code}_credentials`]);
  expect(seen).toEqual([]);
});

test.each([
  [null, 'Basic realm="latchkey", charset="UTF-8", Bearer realm="latchkey"'],
  [{ method: 'basic', header: null }, 'Basic realm="latchkey", charset="UTF-8"'],
  [{ method: 'bearer', header: null }, 'Bearer realm="latchkey"'],
  [xApiKey, 'ApiKey realm="latchkey", header="X-API-Key"'],
  [partnerKey, 'ApiKey realm="latchkey", header="x-partner-key"'],
] as const)('a 401 asks only for what the API accepts: %j', async (keys, challenge) => {
  const { call } = await anApi(keys);
  expect((await call({})).headers.get('www-authenticate')).toBe(challenge);
});

test('by default, a key and another Authorization still contradict each other', async () => {
  const { call } = await anApi(null);
  expect(await codeOf(await call({ 'X-API-Key': pair.secretKey, Authorization: USERS }))).toBe(
    'malformed_credentials',
  );
});

test('the upstream’s challenge stays here if the key is in Authorization', async () => {
  const { call } = await anApi(null);
  for (const scheme of ['Bearer', 'token', 'TOKEN']) {
    const response = await call({ Authorization: `${scheme} ${pair.secretKey}` });
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([200, null]);
  }
});
