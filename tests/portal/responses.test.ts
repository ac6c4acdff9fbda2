import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '#lib/access/permissions.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { aFullTeam, type FullTeam, secretsOf, type Things } from '#tests/support/full-team.ts';
import { aPerson } from '#tests/support/people.ts';
import { PortalClient } from '#tests/support/portal-client.ts';
import { type Portals, startPortals } from '#tests/support/portals.ts';
import { databaseState } from '#tests/support/table-state.ts';
import { aCall } from '#tests/support/usage-rows.ts';
import type { Act } from './acts/act.ts';
import { ACTS } from './acts/acts.ts';
import { addressesOf, routesOfTeams } from './acts/addresses.ts';

/** What responses must never contain; GET requests change nothing; a secret is shown once. */

const ROLES = ['member', 'admin', 'owner'] as const satisfies readonly Role[];

const SECRET_KEY = /lk_sk_(dev|stg|prod)_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}/;

let portals: Portals;
let full: FullTeam;
/** Stored digests of passwords, sessions and tokens. */
let stored: string[];
const clients = {} as Record<Role, PortalClient>;

beforeAll(async () => {
  portals = await startPortals(1);
  const { db, sql, origins } = portals;
  const { endpointIds } = await anApi(db, ['GET /ok'], { slug: 'stub', upstreamUrl: 'http://127.0.0.1:1' });
  const people = {
    owner: await aPerson(db, { name: 'Ours owner', isOperator: true }),
    admin: await aPerson(db, { name: 'Ours admin' }),
    member: await aPerson(db, { name: 'Ours member' }),
  };
  const { owner, admin, member } = people;
  full = await aFullTeam(db, {
    ...{ word: 'Ours', endpointId: endpointIds[0]! },
    cast: { owner: owner.user, admin: admin.user, member: member.user },
  });
  for (const role of ROLES) {
    clients[role] = new PortalClient(origins[0]!);
    expect(await clients[role].signIn(people[role].account)).toBe(true);
  }
  const rows = await sql<{ text: string | null }[]>`
    select password_hash as text from users
    union select encode(token_digest, 'hex') from sessions union select encode(token_digest, 'base64') from sessions
    union select encode(token_digest, 'hex') from invitations
    union select encode(token_digest, 'base64') from invitations`;
  stored = rows.flatMap(({ text }) => text ?? []);
});

afterAll(() => portals?.stop());

const ELSEWHERE = [
  '/',
  '/account',
  '/account/two-factor',
  '/welcome',
  '/docs',
  '/docs/errors',
  '/found-a-key',
];
const OPERATOR = ['', '/teams', '/plans', '/jobs', '/health', '/import', '/apis/stub'].map(
  (path) => `/operator${path}`,
);
const FORMS: Record<string, string>[] = [{}, { RSC: '1' }, { RSC: '1', 'Next-Router-Prefetch': '1' }];

const addressesFor = (role: Role): string[] => [
  ...addressesOf(full, undefined, role === 'member' ? 'member' : 'owner'),
  ...ELSEWHERE,
  ...(role === 'owner' ? [...OPERATOR, `/operator/teams/${full.team.teamSlug}`] : []),
];

type Page = { address: string; status: number; text: string; headers: Headers };

/** Every page and file in every response format, and every portal URL they link to. */
async function crawl(role: Role, look: (page: Page) => void) {
  let payloads = 0;
  const waiting = addressesFor(role);
  const known = new Set(waiting);
  for (const path of waiting) {
    for (const headers of FORMS) {
      const response = await clients[role].get(path, headers);
      const address = `${path} ${JSON.stringify(headers)}`;
      expect(response.status, address).toBeLessThan(500);
      if (headers.RSC && response.headers.get('content-type')?.startsWith('text/x-component')) payloads++;
      look({ address, ...response });
      if (response.status !== 200 || known.size > 250) continue;
      for (const [, link] of response.text.matchAll(/href="(\/(?:t|operator|account)\b[^"#]*)"/g)) {
        const next = link!.replaceAll('&amp;', '&');
        // One URL per kind, not every sort order and page.
        const kind = next.replace(/=[^&]*/g, '=');
        if (!known.has(kind) && !known.has(next)) waiting.push(next);
        known.add(kind).add(next);
      }
    }
  }
  return { pages: waiting.length, payloads };
}

const keysOf = ({ key, dead, former, retiring }: Things) => [key, dead, former, retiring];

test('every page and file of a team is in the matrix', () => {
  const patterns = addressesOf(full).map((path) => path.replace(/\?.*/, '').split('/').slice(3).join('/'));
  const isAsked = (route: string) => {
    const rest = route
      .split('/')
      .slice(3)
      .map((part) => (part.startsWith('[') ? '[^/]+' : part));
    return patterns.some((path) => new RegExp(`^${rest.join('/')}$`).test(path));
  };
  const elsewhere = new Set(ACTS.flatMap(({ route }) => route ?? []));
  expect(routesOfTeams().filter((route) => !isAsked(route) && !elsewhere.has(route))).toEqual([]);
});

describe.each(ROLES)('as %s', (role) => {
  test('no response contains a secret, a digest or another person’s data, and reading changes nothing', async () => {
    // Tables that change on their own: scheduled jobs and last activity.
    const moving = ['sessions', 'gateway_nodes', 'outbox', 'credential_reminders', 'usage_reconciliations'];
    const before = await databaseState(portals.sql, moving);
    const others = Object.entries(full.own).filter(([who]) => who !== role);
    const neverMine = [
      ...secretsOf(full),
      ...stored,
      // Notifications and tester history belong to one person.
      ...others.flatMap(([, { past, notification }]) => [past.id, notification.id]),
    ];
    if (role === 'member')
      neverMine.push(
        ...[...keysOf(full), full.production, full.paused, ...others.flatMap(([, own]) => keysOf(own))].map(
          ({ keyId }) => keyId,
        ),
        ...[full, ...others.map(([, own]) => own)].flatMap(({ incident, closed, request }) => [
          ...[incident.publicId, closed.publicId, request.id],
        ]),
      );
    const seen = await crawl(role, ({ address, status, text, headers }) => {
      expect(text, address).not.toContain('$argon2');
      expect(text, address).not.toMatch(SECRET_KEY);
      expect(text, address).not.toMatch(/Digest"|passwordHash|totpSealed|sealedProps/);
      for (const one of neverMine)
        if (!address.includes(one)) expect(text.includes(one), `${one} in ${address}`).toBe(false);
      if (status === 200 && /^\/(t|operator|account)\b/.test(address))
        expect(headers.get('cache-control'), address).toContain('no-store');
    });
    expect(seen.pages).toBeGreaterThan(50);
    expect(seen.payloads).toBeGreaterThan(80);
    expect(await databaseState(portals.sql, moving)).toEqual(before);
  }, 600_000);

  test('log exports and the live log contain what this role can see', async () => {
    const { team } = full;
    // The live log goes back a few minutes at most, so the requests are new.
    const theirs = await aCall(portals.db, full.key);
    const mine = await aCall(portals.db, full.own[role].key);
    const others = [theirs, await aCall(portals.db, full.own.other.key)];
    const live = await clients[role].peek(`/t/${team.teamSlug}/logs/live?since=${theirs.id}`, {}, 2_500);
    // Sequential: one export at a time per person.
    const csv = await clients[role].submit(`/t/${team.teamSlug}/logs/export`, { format: 'csv' });
    const lines = await clients[role].submit(`/t/${team.teamSlug}/logs/export`, { format: 'ndjson' });
    for (const { status, text, headers } of [live, csv, lines]) {
      expect([status, headers.get('cache-control')]).toEqual([200, expect.stringContaining('no-store')]);
      expect(text).toContain(mine.id);
      for (const { id } of others) expect(text.includes(id)).toBe(role !== 'member');
      for (const secret of secretsOf(full)) expect(text).not.toContain(secret);
    }
  });
});

describe('a new secret is shown once', () => {
  const MAKING = [
    'create a key in an app',
    'create an app',
    'create your own key',
    'replace your own key',
    'rotate a key of your own',
    'rotate a key of the team',
    'replace the key of an incident of the team',
    'report a compromised key of the team, and replace it',
  ];
  const told: string[] = [];

  const acts: Act[] = ACTS.filter(({ name }) => MAKING.includes(name));

  test('in a response that is not cached, and in no other', async () => {
    expect(acts.map(({ name }) => name).sort()).toEqual([...MAKING].sort());
    const own = full.own.owner;
    for (const { name, run, prepare } of acts) {
      await prepare?.(portals.db, full);
      const things = name === 'rotate a key of your own' ? full.own.owner : own;
      const response = await run(clients.owner, full, { ...things, key: await ownKeyNow(things) }, full);
      const secrets = new Set(response.text.match(new RegExp(SECRET_KEY, 'g')));
      expect(secrets.size, name).toBe(1);
      expect(response.headers.get('cache-control'), name).toContain('no-store');
      told.push(...secrets);
    }
    await crawl('owner', ({ address, text }) => {
      for (const secret of told) expect(text.includes(secret.slice(-40)), address).toBe(false);
    });
  }, 900_000);

  test('it is in no table, email or log line', async () => {
    expect(told.length).toBe(MAKING.length);
    const { sql, folder } = portals;
    const tables = await sql<{ name: string }[]>`
      select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')`;
    for (const { name } of tables) {
      const [row] = await sql.unsafe(
        `select count(*)::int as n from ${name} t where t::text like any ($1::text[])`,
        [told.map((secret) => `%${secret.slice(-40)}%`)],
      );
      expect(row!.n, name).toBe(0);
    }
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    for (const file of files) {
      const text = readFileSync(join(file.parentPath, file.name), 'latin1');
      for (const secret of told) expect(text.includes(secret.slice(-40)), file.name).toBe(false);
    }
    for (const secret of told) expect(portals.output()).not.toContain(secret.slice(-40));
  });

  /** Replacing your own key changes it. */
  async function ownKeyNow({ key }: Things): Promise<Things['key']> {
    const [row] = await portals.sql<{ key_id: string }[]>`
      select key_id from credentials where member_id = ${key.memberId} and status <> 'revoked' and successor_id is null`;
    return { ...key, keyId: row?.key_id ?? key.keyId };
  }
});
