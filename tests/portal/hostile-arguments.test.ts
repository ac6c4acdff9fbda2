import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anApi } from '#tests/support/catalog-rows.ts';
import { aFullTeam, type FullTeam, secretsOf } from '#tests/support/full-team.ts';
import { aPerson } from '#tests/support/people.ts';
import { PortalClient } from '#tests/support/portal-client.ts';
import { type Portals, startPortals } from '#tests/support/portals.ts';
import { ACTS } from './acts/acts.ts';
import { addressesOf } from './acts/addresses.ts';

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
      expect(text).not.toMatch(/node_modules|at [\w.]+ \(|PostgresError|select "/);
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
