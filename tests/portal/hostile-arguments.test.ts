import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anApi } from '#tests/support/catalog-rows.ts';
import { aFullTeam, type FullTeam, secretsOf } from '#tests/support/full-team.ts';
import { aPerson } from '#tests/support/people.ts';
import { PortalClient } from '#tests/support/portal-client.ts';
import { type Portals, startPortals } from '#tests/support/portals.ts';
import { sendRaw } from '#tests/support/raw-http.ts';
import { ACTS } from './acts/acts.ts';
import { addressesOf } from './acts/addresses.ts';
import { ACTION, form, id, MALFORMED, multipart, PAGE } from './acts/malformed.ts';

/** Server actions called directly with unexpected arguments (ASVS 2.2.1) respond without a server error. */

let portals: Portals;
let client: PortalClient;
let full: FullTeam;

beforeAll(async () => {
  portals = await startPortals(1);
  const { db, origins } = portals;
  const { endpointIds } = await anApi(db, ['GET /ok'], { slug: 'stub', upstreamUrl: 'http://127.0.0.1:1' });
  const person = await aPerson(db, { isOperator: true });
  full = await aFullTeam(db, { word: 'Ours', endpointId: endpointIds[0]!, cast: { owner: person.user } });
  client = new PortalClient(origins[0]!);
  expect(await client.signIn(person.account)).toBe(true);
});

afterAll(() => portals?.stop());

const STACK = /node_modules|at [\w.]+ \(|PostgresError|select "/;

const VALUES = [
  '',
  '\0',
  '\ud800',
  '-1',
  '9007199254740993',
  'NaN',
  '1e309',
  '../../etc',
  'x'.repeat(100_000),
];
const ODD: unknown[][] = [
  [],
  [null],
  [{}],
  [['a', 'b']],
  [7, 7, 7],
  [{ toString: 'x' }, null, null],
  ['$undefined', '$undefined', '$undefined'],
];

describe('malformed payloads of a server action', () => {
  test('are the client’s error, and leave no stack in the log', async () => {
    const visitor = new PortalClient(portals.origins[0]!);
    const before = portals.output().length;
    for (const [name, headers, body] of MALFORMED) {
      const response = await visitor.request(PAGE, headers, body);
      expect([400, 404, 409, 413], `${name}: ${response.text.slice(0, 200)}`).toContain(response.status);
      expect(response.text, name).not.toMatch(STACK);
    }
    const logged = portals.output().slice(before);
    expect(logged).not.toMatch(/"level":"error"|"stack"|node_modules/);
    expect(logged).toContain('A malformed or outdated server action was rejected');
  });

  test('well-formed ones still reach it', async () => {
    const visitor = new PortalClient(portals.origins[0]!);
    const fields = { email: 'nobody@example.com' };
    const answer = await visitor.act(ACTION, PAGE, [null], fields);
    expect([answer.status, answer.state]).toEqual([200, 'done']);
    const plain = form({ [`$ACTION_ID_${id}`]: '', ...fields });
    const response = await visitor.request(PAGE, multipart, plain);
    expect(response.status, response.text.slice(0, 300)).toBe(200);
  });
});

const HOST = 'Host: localhost';
const RAW: [string, string, number][] = [
  ['TRACE', `TRACE / HTTP/1.1\r\n${HOST}`, 405],
  ['TRACE at the gateway’s mount', `TRACE /gateway/a/b HTTP/1.1\r\n${HOST}`, 405],
  ['TRACE at a route', `TRACE /api/health HTTP/1.1\r\n${HOST}`, 405],
  ['CONNECT', `CONNECT example.com:443 HTTP/1.1\r\n${HOST}`, 405],
  ['DELETE', `DELETE /sign-in HTTP/1.1\r\n${HOST}`, 405],
  ['PUT', `PUT /sign-in HTTP/1.1\r\n${HOST}`, 405],
  ['QUERY', `QUERY /sign-in HTTP/1.1\r\n${HOST}`, 405],
  ['OPTIONS of everything', `OPTIONS * HTTP/1.1\r\n${HOST}`, 400],
  ['GET of everything', `GET * HTTP/1.1\r\n${HOST}`, 400],
  ['a malformed host', 'GET /sign-in HTTP/1.1\r\nHost: a b', 400],
  ['a full URL, as a proxy sends it', `GET http://evil.test/sign-in HTTP/1.1\r\n${HOST}`, 200],
  ['an offer of HTTP/2', `GET /sign-in HTTP/1.1\r\n${HOST}\r\nUpgrade: h2c\r\nConnection: Upgrade`, 200],
  ['GET at sign-in', `GET /api/auth/callback/credentials HTTP/1.1\r\n${HOST}`, 405],
  ['HEAD at sign-in', `HEAD /api/auth/callback/credentials?a HTTP/1.1\r\n${HOST}`, 405],
];
test.each(RAW)('%s', async (_name, head, status) => {
  const before = portals.output().length;
  const close = head.includes('Connection:') ? '' : '\r\nConnection: close';
  const response = await sendRaw(Number(new URL(portals.origins[0]!).port), `${head}${close}\r\n\r\n`, 2_000);
  expect(response).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  if (!head.startsWith('CONNECT'))
    for (const name of ['content-security-policy', 'x-content-type-options', 'x-frame-options'])
      expect(response).toMatch(new RegExp(`^${name}: `, 'im'));
  if (status === 405) expect(response).toMatch(/^allow: /im);
  expect(response).not.toContain('evil.test');
  expect(portals.output().slice(before)).not.toMatch(/"stack"|"level":"error"/);
});

const actions = ACTS.filter(({ action }) => action).map(({ name, action, run }) => ({
  name,
  action: action!,
  run,
}));

describe.each(actions)('$name', ({ action, run }) => {
  test('hostile arguments and values', async () => {
    // How the portal itself calls the action: the page, bound arguments and fields.
    const calls: { page: string; bound: readonly unknown[]; fields: Record<string, string> }[] = [];
    const watching = {
      act: async (_: string, page: string, bound: readonly unknown[], fields: Record<string, string>) => {
        calls.push({ page, bound, fields });
        return { status: 200, state: 'done', location: null, text: '', headers: new Headers() };
      },
      call: async (_: string, page: string, bound: readonly unknown[]) => {
        calls.push({ page, bound, fields: {} });
        return { status: 200, state: 'done', location: null, text: '', headers: new Headers(), value: [] };
      },
    } as unknown as PortalClient; // These acts use nothing else of it.
    await run(watching, full, full.own.owner, full);
    const { page, bound, fields } = calls[0]!;

    const responses = [];
    for (const args of ODD) responses.push(await client.call(action, page, args));
    for (const args of ODD) responses.push(await client.call(action, page, [...bound.slice(0, 1), ...args]));
    const names = Object.keys(fields).filter((name) => !/action/i.test(name));
    // Change one field at a time, so that the other fields pass validation.
    const odd = names.flatMap((name, i) => [
      ...[[name, '\0'] as const, [name, `a\0b`] as const],
      ...VALUES.filter((_, at) => at % names.length === i).map((value) => [name, value] as const),
    ]);
    for (const [name, value] of odd)
      responses.push(await client.act(action, page, bound, { ...fields, [name]: value, role: 'owner' }));
    for (const { status, text } of responses) {
      expect(status, text.slice(0, 300)).toBeLessThan(500);
      expect(text).not.toMatch(STACK);
      for (const secret of secretsOf(full)) expect(text).not.toContain(secret);
    }
  });
});

test('routes handle unexpected bodies', async () => {
  const slug = `/t/${full.team.teamSlug}`;
  for (const path of [
    `${slug}/tester/send`,
    '/api/secret-scanning',
    '/api/auth/session',
    `${slug}/logs/export`,
  ]) {
    for (const json of [null, [], {}, 'x', { keyId: [], values: { path: { __proto__: 'x' } } }]) {
      const { status, text } = await client.post(path, json);
      expect(status, `${path} ${JSON.stringify(json)} ${text.slice(0, 200)}`).toBeLessThan(500);
    }
    const form = await client.submit(path, { format: 'exe', key: '\0', from: 'NaN', before: '-1' });
    expect(form.status, path).toBeLessThan(500);
  }
});

test('pages handle unexpected queries', async () => {
  const names = [
    'before',
    'after',
    'sort',
    'order',
    'key',
    'app',
    'owner',
    'member',
    'status',
    'from',
    'to',
    'ip',
  ];
  const more = [
    'path',
    'id',
    'search',
    'format',
    'credential',
    'endpoint',
    'rule',
    'page',
    'table',
    'all',
    'range',
  ];
  for (const path of addressesOf(full).filter((address) => !address.includes('?'))) {
    for (const value of ['%00', '%ED%A0%80', '-1', '9007199254740993', "'%22%3Cx%3E", 'NaN', '2026-13-45']) {
      const query = [...names, ...more].map((name) => `${name}=${value}&${name}=x`).join('&');
      const single = [...names, ...more].map((name) => `${name}=${value}`).join('&');
      for (const asked of [query, single]) {
        const { status, text } = await client.get(`${path}?${asked}`);
        expect(status, `${path}?${asked}`).toBeLessThan(500);
        expect(text, `${path}?${asked}`).not.toMatch(/"digest":"\d+"|PostgresError/);
      }
    }
  }
}, 600_000);
