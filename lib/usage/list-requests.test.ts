import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { aCall } from '#tests/support/usage-rows.ts';
import { LogFilter, listRequests, PAGE_SIZE } from './list-requests.ts';

const filter = (query: Record<string, unknown> = {}) => LogFilter.parse(query);

test(
  'the newest call comes first, with the names of its app and key',
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
  "another team's calls look absent, whatever is asked for",
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
      expect(page, JSON.stringify(query)).toEqual({ requests: [], newer: null, older: null });
    }
  }),
);

test(
  'a member sees the calls of his own keys, owners and admins those of the team',
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
  'each filter keeps what it names, and nothing else',
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
    await call('/moved', { status: 302 });
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
    // What means something to LIKE means itself here.
    expect(await paths({ path: '0%_o' })).toEqual(['/50%_off\\']);
    expect(await paths({ path: '_off' })).toEqual(['/50%_off\\', '/500_off']);
    expect(await paths({ path: 'f\\' })).toEqual(['/50%_off\\']);
    // Days are UTC days, both ends included.
    expect(await paths({ to: '2026-05-01' })).toEqual(['/50%_off\\']);
    expect(await paths({ from: '2026-05-03' })).toEqual(['/500_off']);
    expect(await paths({ from: '2026-05-02', to: '2026-05-02', method: 'POST' })).toEqual(['/post']);
    expect(await paths({ method: 'POST', status: '5xx' })).toEqual([]);
  }),
);

test(
  'pages meet without gap or repeat, both ways, also while calls come in',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, member));
    const total = 2 * PAGE_SIZE + 7;
    const made: string[] = [];
    for (let i = 0; i < total; i++) made.unshift((await aCall(db, key)).id);

    const pages = [await listRequests({ db, member }, filter())];
    for (let older = pages[0]!.older; older; older = pages.at(-1)!.older) {
      await aCall(db, key); // Arrives meanwhile, and shifts nothing.
      pages.push(await listRequests({ db, member }, filter({ before: older })));
    }

    expect(pages.map((page) => page.requests.length)).toEqual([PAGE_SIZE, PAGE_SIZE, 7]);
    expect(pages.flatMap((page) => page.requests.map(({ id }) => id))).toEqual(made);
    expect(pages.map((page) => page.newer !== null)).toEqual([false, true, true]);

    const back = [pages[2]!];
    for (let i = 0; i < 2; i++)
      back.unshift(await listRequests({ db, member }, filter({ after: back[0]!.newer })));
    expect(back.flatMap((page) => page.requests.map(({ id }) => id))).toEqual(made);
    // The two calls that came in meanwhile are on a page of their own.
    const newest = await listRequests({ db, member }, filter({ after: back[0]!.newer }));
    expect(newest.requests).toHaveLength(2);
    expect(newest.newer).toBeNull();
  }),
);

test(
  'a full last page leads nowhere',
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
  'what cannot be read in the address counts as absent',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    await aCall(db, await aCredential(db, await anApplication(db, member)));
    const unreadable = {
      ...{
        app: 'x'.repeat(41),
        key: 'short',
        environment: 'mars',
        method: 'BREW',
        status: '1xx',
        path: 'a\0b',
      },
      ...{ ip: '\0', from: '2026-02-30', to: 'today', before: 'x', after: ['a', 'b'] },
    };

    expect(filter(unreadable)).toEqual({});
    expect(filter({ app: '\0' })).toEqual({});
    expect((await listRequests({ db, member }, filter(unreadable))).requests).toHaveLength(1);
  }),
);
