import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { usageClients } from '#db/schema/usage.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { aCall, anIdAt } from '#tests/support/usage-rows.ts';
import { listRequests, PAGE_SIZE } from './list-requests.ts';
import { LogFilter } from './log-filter.ts';

const filter = (query: Record<string, unknown> = {}) => LogFilter.parse(query);

test(
  'the newest request comes first, with the names of its app and key',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member, { title: 'Storefront' });
    const key = await aCredential(db, app, { name: 'CI' });
    const first = await aCall(db, key, { path: '/first' });
    const second = await aCall(db, key, { path: '/second', status: 404 });

    const page = await listRequests({ db, member }, filter());

    expect(page.requests).toMatchObject([
      {
        id: second.id,
        path: '/second',
        status: 404,
        appTitle: 'Storefront',
        keyName: 'CI',
        keyId: key.keyId,
      },
      { id: first.id, path: '/first', appId: app.publicId },
    ]);
    expect(page).toMatchObject({ newer: null, older: null });
    expect(JSON.stringify(page)).not.toMatch(/digest|secret/i);
  }),
);

test(
  "another team's requests look absent with every filter",
  withDb(async (db) => {
    const stranger = await aMember(db, 'owner');
    const app = await anApplication(db, stranger);
    const key = await aCredential(db, app);
    const call = await aCall(db, key);
    const member = await aMember(db, 'owner');

    for (const query of [
      {},
      { app: app.publicId },
      { key: key.keyId },
      { ip: call.clientIp },
      { before: v7() },
    ]) {
      const page = await listRequests({ db, member }, filter(query));
      expect(page, JSON.stringify(query)).toEqual({
        requests: [],
        newer: null,
        older: null,
        searchedTo: null,
      });
    }
  }),
);

test(
  'members see requests of their own keys; owners and admins see all of the team',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const admin = await aMember(db, 'admin', owner);
    const member = await aMember(db, 'member', owner);
    const app = await anApplication(db, owner);
    await aCall(db, await aCredential(db, app), { path: '/team' });
    await aCall(db, await aCredential(db, app, { memberId: admin.memberId }), { path: '/admin' });
    const own = await aCredential(db, app, { memberId: member.memberId });
    await aCall(db, own, { path: '/own' });
    const paths = async (who: typeof owner, query = {}) =>
      (await listRequests({ db, member: who }, filter(query))).requests.map((call) => call.path);

    expect(await paths(owner)).toEqual(['/own', '/admin', '/team']);
    expect(await paths(admin)).toEqual(['/own', '/admin', '/team']);
    expect(await paths(member)).toEqual(['/own']);
    expect(await paths(member, { path: '/team' })).toEqual([]);
  }),
);

test(
  'each filter returns exactly what matches',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member);
    const otherApp = await anApplication(db, member);
    const key = await aCredential(db, app);
    const otherKey = await aCredential(db, otherApp, { environment: 'production' });
    const noon = new Date('2026-05-02T12:00:00Z');
    const call = (path: string, values: Parameters<typeof aCall>[2] = {}) =>
      aCall(db, key, { path, at: noon, ...values });
    await aCall(db, otherKey, { path: '/other', at: noon, environment: 'production' });
    await call('/post', { method: 'POST', status: 201 });
    const moved = await call('/moved', { status: 302 });
    const api = await anApi(db, ['GET /cities/{id}']);
    await call('/cities/7', { endpointId: api.endpointIds[0]!, apiId: api.id, via: 'tester', status: 204 });
    await call('/missing', { status: 404 });
    await call('/wrong', { status: 500, clientIp: '2001:db8::1' });
    await call('/refused', { outcome: 'refused', status: 429, reason: 'quota_exhausted' });
    await call('/aborted', { outcome: 'aborted', status: null });
    await call('/unknown', { outcome: 'unknown', status: null });
    await call('/50%_off\\', { at: new Date('2026-05-01T23:59:59.999Z') });
    await call('/500_off', { at: new Date('2026-05-03T00:00:00Z') });
    const paths = async (query: Record<string, string>) =>
      (await listRequests({ db, member }, filter(query))).requests.map(({ path }) => path).reverse();

    expect(await paths({ app: otherApp.publicId })).toEqual(['/other']);
    expect(await paths({ key: otherKey.keyId })).toEqual(['/other']);
    expect(await paths({ environment: 'production' })).toEqual(['/other']);
    expect(await paths({ method: 'POST' })).toEqual(['/post']);
    expect(await paths({ status: '3xx' })).toEqual(['/moved']);
    expect(await paths({ status: '4xx' })).toEqual(['/missing', '/refused']);
    expect(await paths({ status: '5xx' })).toEqual(['/wrong']);
    expect(await paths({ status: 'refused' })).toEqual(['/refused']);
    expect(await paths({ status: 'failed' })).toEqual(['/aborted', '/unknown']);
    expect(await paths({ ip: '2001:db8::1' })).toEqual(['/wrong']);
    expect(await paths({ path: 'MISS' })).toEqual(['/missing']);
    // LIKE wildcards are matched literally.
    expect(await paths({ path: '0%_o' })).toEqual(['/50%_off\\']);
    expect(await paths({ path: '_off' })).toEqual(['/50%_off\\', '/500_off']);
    expect(await paths({ path: 'f\\' })).toEqual(['/50%_off\\']);
    // Dates are UTC days, both ends inclusive.
    expect(await paths({ to: '2026-05-01' })).toEqual(['/50%_off\\']);
    expect(await paths({ from: '2026-05-03' })).toEqual(['/500_off']);
    expect(await paths({ from: '2026-05-02', to: '2026-05-02', method: 'POST' })).toEqual(['/post']);
    expect(await paths({ method: 'POST', status: '5xx' })).toEqual([]);
    expect(await paths({ method: 'GET', status: '404' })).toEqual(['/missing']);
    expect(await paths({ status: '200', from: '2026-05-02' })).toEqual(['/other', '/500_off']);
    expect(await paths({ reason: 'quota_exhausted' })).toEqual(['/refused']);
    expect(await paths({ outcome: 'unknown' })).toEqual(['/unknown']);
    expect(await paths({ outcome: 'answered', status: '3xx' })).toEqual(['/moved']);
    expect(await paths({ endpoint: api.endpointIds[0]! })).toEqual(['/cities/7']);
    expect(await paths({ via: 'tester' })).toEqual(['/cities/7']);
    expect(await paths({ id: moved.id.toUpperCase() })).toEqual(['/moved']);
    expect(await paths({ id: moved.id, method: 'POST' })).toEqual([]);
    expect(await paths({ id: v7() })).toEqual([]);
    // Times: the start is inclusive, the end is exclusive.
    expect(await paths({ from: '2026-05-03T00:00:00.000Z' })).toEqual(['/500_off']);
    expect(await paths({ to: '2026-05-01T23:59:59.999Z' })).toEqual([]);
    expect(await paths({ from: '2026-05-03T02:00+02:00', to: '2026-05-03T00:01' })).toEqual(['/500_off']);
  }),
);

test(
  'pages have no gaps or repeats in either direction, even while requests arrive',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, member));
    const total = 2 * PAGE_SIZE + 7;
    const made: string[] = [];
    for (let i = 0; i < total; i++) made.unshift((await aCall(db, key)).id);

    const pages = [await listRequests({ db, member }, filter())];
    for (let older = pages[0]!.older; older; older = pages.at(-1)!.older) {
      await aCall(db, key); // Arrives in between and doesn't shift the pages.
      pages.push(await listRequests({ db, member }, filter({ before: older })));
    }

    expect(pages.map((page) => page.requests.length)).toEqual([PAGE_SIZE, PAGE_SIZE, 7]);
    expect(pages.flatMap((page) => page.requests.map(({ id }) => id))).toEqual(made);
    expect(pages.map((page) => page.newer !== null)).toEqual([false, true, true]);

    const back = [pages[2]!];
    for (let i = 0; i < 2; i++)
      back.unshift(await listRequests({ db, member }, filter({ after: back[0]!.newer })));
    expect(back.flatMap((page) => page.requests.map(({ id }) => id))).toEqual(made);
    // The two requests that arrived in between are on their own page.
    const newest = await listRequests({ db, member }, filter({ after: back[0]!.newer }));
    expect(newest.requests).toHaveLength(2);
    expect(newest.newer).toBeNull();
  }),
);

test(
  'a full last page has no link to older requests',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, member));
    for (let i = 0; i < PAGE_SIZE; i++) await aCall(db, key);

    const page = await listRequests({ db, member }, filter());

    expect(page.requests).toHaveLength(PAGE_SIZE);
    expect(page).toMatchObject({ newer: null, older: null });
  }),
);

test(
  'invalid query parameters are ignored',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    await aCall(db, await aCredential(db, await anApplication(db, member)));
    const invalid = {
      ...{
        app: 'x'.repeat(41),
        key: 'short',
        environment: 'mars',
        method: 'BREW',
        status: '1xx',
        path: 'a\0b',
      },
      ...{ outcome: 'fine', reason: 'Some Thing', via: 'post', endpoint: 'x', id: '7', member: 'me' },
      ...{ ip: '\0', from: '2026-02-30', to: 'today', before: 'x', after: ['a', 'b'] },
    };

    expect(filter(invalid)).toEqual({});
    expect(filter({ app: '\0' })).toEqual({});
    expect((await listRequests({ db, member }, filter(invalid))).requests).toHaveLength(1);
  }),
);

test(
  'requests of the same millisecond page without gaps or repeats',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, member));
    const at = new Date('2026-05-02T12:00:00Z');
    const made: string[] = [];
    for (let i = 0; i < PAGE_SIZE + 20; i++) made.unshift((await aCall(db, key, { at, id: anIdAt(at) })).id);

    const first = await listRequests({ db, member }, filter());
    const second = await listRequests({ db, member }, filter({ before: first.older }));
    const back = await listRequests({ db, member }, filter({ after: second.newer }));

    expect([...first.requests, ...second.requests].map(({ id }) => id)).toEqual(made);
    expect(back.requests).toEqual(first.requests);
  }),
);

test(
  'a CIDR range matches its IPv4 and IPv6 addresses, and nothing that is not an address',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, member));
    const now = new Date();
    const day = now.toISOString().slice(0, 10);
    const called = async (clientIp: string) => {
      await aCall(db, key, { path: `/${clientIp}`, clientIp, at: now });
      const { id: credentialId, teamId } = key;
      const seen = { calls: 1, refused: 0, firstAt: now, lastAt: now };
      await db.insert(usageClients).values({ ...seen, teamId, credentialId, day, clientIp });
    };
    for (const ip of ['192.0.2.7', '192.0.20.7', '192.0.2.130', '2001:db8::1', 'fe80::1%eth0', ''])
      await called(ip);
    const paths = async (ip: string, query = {}) =>
      (await listRequests({ db, member }, filter({ ip, ...query }))).requests
        .map(({ path }) => path.slice(1))
        .reverse();

    expect(await paths('192.0.2.0/24')).toEqual(['192.0.2.7', '192.0.2.130']);
    expect(await paths('192.0.2.0/25')).toEqual(['192.0.2.7']);
    expect(await paths('192.0.2.99/25')).toEqual(['192.0.2.7']);
    expect(await paths('::ffff:192.0.2.7')).toEqual(['192.0.2.7']);
    expect(await paths('2001:DB8::/32')).toEqual(['2001:db8::1']);
    expect(await paths('2001:0db8:0:0::1')).toEqual(['2001:db8::1']);
    expect(await paths('10.0.0.0/8')).toEqual([]);
    expect(await paths('192.0.2.0/24', { key: key.keyId, from: '1h' })).toEqual(['192.0.2.7', '192.0.2.130']);
    // When another filter uses the index, the range is checked row by row.
    expect(await paths('0.0.0.0/0', { status: '2xx', method: 'GET' })).toHaveLength(3);
    for (const ip of ['192.0.2.0/33', '192.0.2', 'example.com']) expect(filter({ ip })).toEqual({});
  }),
);

test(
  'a CIDR range matches on days with and without an index, in one order across pages',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, member));
    const DAY = 86_400_000;
    const nowMs = Date.now();
    const agos = [0, 1, DAY, DAY + 1, 2 * DAY, 9 * DAY];
    for (const [i, ago] of agos.entries())
      for (const clientIp of [`192.0.2.${i % 3}`, '198.51.100.1']) {
        const at = new Date(nowMs - ago);
        await aCall(db, key, { path: `/${ago}`, clientIp, at });
        const { id: credentialId, teamId } = key;
        const seen = { calls: 1, refused: 0, firstAt: at, lastAt: at };
        const row = { ...seen, teamId, credentialId, day: at.toISOString().slice(0, 10), clientIp };
        await db.insert(usageClients).values(row).onConflictDoNothing();
      }
    const page = async (query: Record<string, string>) =>
      (await listRequests({ db, member }, filter({ ip: '192.0.2.0/24', ...query }), { nowMs })).requests.map(
        ({ id, path }) => ({ id, ago: Number(path.slice(1)) }),
      );

    const all = await page({});
    expect(all.map(({ ago }) => ago)).toEqual(agos);
    for (let i = 0; i < all.length - 1; i++) {
      expect(await page({ before: all[i]!.id })).toEqual(all.slice(i + 1));
      expect(await page({ before: all[i]!.id, method: 'GET', path: '/' })).toEqual(all.slice(i + 1));
      expect(await page({ after: all[i + 1]!.id })).toEqual(all.slice(0, i + 1));
    }
    expect((await page({ from: '7d' })).map(({ ago }) => ago)).toEqual(agos.slice(0, -1));
  }),
);

test(
  'a time range returns exactly its requests across the partitions of several days',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, member));
    const midnight = new Date();
    midnight.setUTCHours(0, 0, 0, 0);
    const at = (ms: number) => new Date(midnight.getTime() + ms);
    const DAY = 86_400_000;
    for (const ms of [-20 * DAY, -DAY - 1, -DAY, -1, 0, 1, DAY - 1, DAY])
      await aCall(db, key, { at: at(ms), path: String(ms) });
    const paths = async (query: Record<string, string>) =>
      (await listRequests({ db, member }, filter(query), { nowMs: at(DAY).getTime() })).requests.map(
        ({ path }) => Number(path),
      );
    const iso = (ms: number) => at(ms).toISOString();

    expect(await paths({ from: iso(-DAY), to: iso(0) })).toEqual([-1, -DAY]);
    expect(await paths({ from: iso(0).slice(0, 10), to: iso(0).slice(0, 10) })).toEqual([DAY - 1, 1, 0]);
    expect(await paths({ from: '24h' })).toEqual([DAY, DAY - 1, 1, 0]);
    expect(await paths({ from: '7d', to: iso(-1) })).toEqual([-DAY, -DAY - 1]);
    expect(await paths({ from: '30d' })).toHaveLength(8);
    expect(await paths({ from: iso(1), to: iso(0) })).toEqual([]);
  }),
);

test(
  'a search without an index stops at its time budget, reports how far it got, and continues from there',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, member));
    const began = Date.parse('2026-05-02T00:00:00Z');
    const { id: credentialId, teamId, applicationId } = key;
    await db.execute(sql`
      insert into usage_records (id, at, day, team_id, application_id, credential_id, environment, method, path, outcome, counted, client_ip, node_id)
      select (lpad(to_hex(${began}::bigint + n), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid, to_timestamp((${began}::bigint + n) / 1000.0), '2026-05-02',
        ${teamId}, ${applicationId}, ${credentialId}, 'development', 'GET', case when n % 2000 = 7 then '/needle' else '/hay' end,
        'answered', true, '192.0.2.7', ${teamId} from generate_series(0, 8999) n`);

    const seen: string[] = [];
    const stops: number[] = [];
    let page = await listRequests({ db, member }, filter({ path: 'needle' }), { budgetMs: 0 });
    for (let pages = 0; pages < 20; pages++) {
      seen.push(...page.requests.map(({ id }) => id));
      if (page.searchedTo) stops.push(page.searchedTo.getTime() - began);
      if (!page.older) break;
      page = await listRequests({ db, member }, filter({ path: 'needle', before: page.older }), {
        budgetMs: 0,
      });
    }

    // Two thousand rows per page, even if none of them match.
    expect(stops).toEqual([7000, 5000, 3000, 1000]);
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
    expect(page).toMatchObject({ searchedTo: null, older: null });
    const all = await listRequests({ db, member }, filter({ path: 'needle' }), { budgetMs: 60_000 });
    expect(all.requests.map(({ id }) => id)).toEqual(seen);
    expect(all.searchedTo).toBeNull();
  }),
);
