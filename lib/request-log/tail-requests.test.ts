import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { usageRecords } from '#db/schema/usage.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { aCall } from '#tests/support/usage-rows.ts';
import { LogFilter } from './log-filter.ts';
import { beginTail, OVERLAP_MS, tailRequests } from './tail-requests.ts';

const NOW = Date.parse('2026-05-02T12:00:00Z');
const at = (seconds: number) => new Date(NOW + seconds * 1_000);
const filter = (query: object = {}) => LogFilter.parse(query);

test(
  'each row is sent once, whenever it arrives and whatever its position',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, member));
    const tail = beginTail(null, NOW);
    const look = async (seconds: number) =>
      (await tailRequests({ db, member }, filter(), tail, NOW + seconds * 1_000)).requests.map(
        ({ path }) => path,
      );

    expect(await look(0)).toEqual([]);
    await aCall(db, key, { at: at(0.2), path: '/first' });
    expect(await look(1)).toEqual(['/first']);
    await aCall(db, key, { at: at(1.5), path: '/second' });
    expect(await look(2)).toEqual(['/second']);
    // Rows of requests that were admitted earlier can arrive later.
    await aCall(db, key, { at: at(1.4), path: '/late' });
    await aCall(db, key, { at: at(1.5), path: '/same moment' });
    await aCall(db, key, { at: at(2 - OVERLAP_MS / 1_000), path: '/very late' });
    expect(await look(3)).toEqual(['/same moment', '/late', '/very late']);
    expect(await look(4)).toEqual([]);
    expect(await look(60)).toEqual([]);
  }),
);

test(
  'a request in progress is sent again when it finishes',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, member));
    const tail = beginTail(null, NOW);
    const { id } = await aCall(db, key, { at: at(0), outcome: 'open', status: null });
    const look = async (seconds: number) =>
      (await tailRequests({ db, member }, filter(), tail, NOW + seconds * 1_000)).requests.map(
        ({ outcome, status }) => [outcome, status],
      );

    expect(await look(1)).toEqual([['open', null]]);
    expect(await look(2)).toEqual([]);
    await db.update(usageRecords).set({ outcome: 'answered', status: 201 }).where(eq(usageRecords.id, id));
    expect(await look(3)).toEqual([['answered', 201]]);
    expect(await look(4)).toEqual([]);
  }),
);

test(
  'each poll sends twenty rows and counts the rest',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, member));
    for (let i = 0; i < 33; i++) await aCall(db, key, { at: at((i + 1) / 100), path: `/${i}` });
    // Rows that are already on the page don't count, no matter how many there are.
    for (let i = 0; i < 30; i++) await aCall(db, key, { at: at(-1 - i / 100), path: '/old' });
    const tail = beginTail(null, NOW);

    const batch = await tailRequests({ db, member }, filter(), tail, NOW + 1_000);

    expect(batch.requests.map(({ path }) => path)).toEqual(
      Array.from({ length: 20 }, (_, i) => `/${32 - i}`),
    );
    expect(batch).toMatchObject({ more: 13, uncounted: false });
    expect(await tailRequests({ db, member }, filter(), tail, NOW + 2_000)).toEqual({
      ...{ requests: [], more: 0, uncounted: false },
    });
  }),
);

test(
  'a tail resumes after a row, includes late arrivals, and goes back a few minutes at most',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, member));
    const last = await aCall(db, key, { at: at(-120), path: '/last seen' });
    await aCall(db, key, { at: at(-1_000), path: '/long ago' });
    await aCall(db, key, { at: at(-130), path: '/late' });
    await aCall(db, key, { at: at(-60), path: '/meanwhile' });
    const paths = async (after: string | null, seconds = 0) =>
      (await tailRequests({ db, member }, filter(), beginTail(after), NOW + seconds * 1_000)).requests.map(
        ({ path }) => path,
      );

    expect(await paths(last.id)).toEqual(['/meanwhile', '/last seen', '/late']);
    expect(await paths(null)).toEqual([]);
    expect(await paths(last.id, 86_400)).toEqual([]);
  }),
);

test(
  'a tail applies the filter, except its time range and cursor',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member);
    const key = await aCredential(db, app);
    const other = await aCredential(db, app, { environment: 'production' });
    await aCall(db, key, { at: at(0), path: '/a', status: 404 });
    await aCall(db, key, { at: at(0), path: '/b', method: 'POST' });
    await aCall(db, other, { at: at(0), path: '/c', environment: 'production' });
    const paths = async (query: object) =>
      (await tailRequests({ db, member }, filter(query), beginTail(), NOW)).requests.map(({ path }) => path);

    expect(await paths({ status: '4xx' })).toEqual(['/a']);
    expect(await paths({ method: 'POST', path: 'B' })).toEqual(['/b']);
    expect(await paths({ environment: 'production' })).toEqual(['/c']);
    expect(await paths({ key: key.keyId })).toEqual(['/b', '/a']);
    expect(await paths({ key: 'x'.repeat(16) })).toEqual([]);
    expect(await paths({ key: other.keyId, to: '2020-01-01', from: '1h' })).toEqual(['/c']);
  }),
);

test(
  "a member's tail has only requests of their own keys, another team's has none, and an unknown role has no tail",
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const member = await aMember(db, 'member', owner);
    const stranger = await aMember(db, 'owner');
    const app = await anApplication(db, owner);
    await aCall(db, await aCredential(db, app), { at: at(0), path: '/app' });
    await aCall(db, await aCredential(db, app, { memberId: member.memberId }), { at: at(0), path: '/own' });
    const paths = async (who: typeof owner, query = {}) =>
      (await tailRequests({ db, member: who }, filter(query), beginTail(), NOW)).requests.map(
        ({ path }) => path,
      );

    expect(await paths(owner)).toEqual(['/own', '/app']);
    expect(await paths(member)).toEqual(['/own']);
    expect(await paths(stranger)).toEqual([]);
    expect(await paths(stranger, { member: member.memberId })).toEqual([]);
    await expect(paths({ ...member, role: 'visitor' } as never)).rejects.toThrow(Forbidden); // No such role.
  }),
);
