import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect } from '#db/client.ts';
import { type AccessChange, confirmEpoch, raiseEpoch } from '#lib/access/epoch.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { holdLease, type Lease } from './lease.ts';

let own: OwnDatabase;
let ends: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  own = await ownDatabase();
});
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
  await own.drop();
});

async function aNode(overrides: { apply?: (change: AccessChange) => Promise<void> } = {}) {
  const { sql } = connect(own.url, { max: 3 });
  const seen: (AccessChange | 'all')[] = [];
  const lease: Lease = await holdLease({
    sql,
    listenSql: sql,
    nodeId: crypto.randomUUID(),
    mount: 'node',
    leaseSeconds: 30,
    apply: async (change) => {
      await overrides.apply?.(change);
      seen.push(change);
    },
    applyAll: () => void seen.push('all'),
  });
  ends.push(
    () => sql.end({ timeout: 1 }),
    () => lease.stop(),
  );
  return { lease, seen, sql };
}

const change = { kind: 'credential', id: crypto.randomUUID() } as const;
const raise = () => own.db.transaction((tx) => raiseEpoch(tx, change));

test('a change is confirmed once every gateway has applied it', async () => {
  const [one, two] = [await aNode(), await aNode()];

  const receipt = await confirmEpoch(own.db, await raise());

  expect(receipt).toMatchObject({ gateways: 2, confirmed: 2 });
  expect(receipt.afterMs).toBeLessThan(1_000);
  expect([one.seen.at(-1), two.seen.at(-1)]).toEqual([change, change]);
});

test('the confirmation waits for a gateway that is slow to apply', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await aNode({ apply: () => held });
  const epoch = await raise();

  expect(await confirmEpoch(own.db, epoch, 300)).toMatchObject({ gateways: 1, confirmed: 0 });
  release();
  expect(await confirmEpoch(own.db, epoch)).toMatchObject({ gateways: 1, confirmed: 1 });
});

test('a cut LISTEN connection delays the confirmation, never loses the change', async () => {
  const node = await aNode();
  await own.sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen%'`;

  const receipt = await confirmEpoch(own.db, await raise());

  expect(receipt).toMatchObject({ gateways: 1, confirmed: 1 });
  expect(receipt.afterMs).toBeLessThan(3_000);
  expect(['all', change]).toContainEqual(node.seen.at(-1));
});

test('a gateway that has stopped is not waited for', async () => {
  const node = await aNode();
  await node.lease.stop();

  expect(await confirmEpoch(own.db, await raise())).toMatchObject({ gateways: 0, confirmed: 0 });
  expect(node.lease.isLive()).toBe(false);
});

test("the time is the database's, whatever this machine's clock says", async () => {
  const { lease } = await aNode();
  const [row] = await own.sql<{ now: string }[]>`select extract(epoch from clock_timestamp()) * 1000 as now`;

  expect(Math.abs(lease.nowMs() - Number(row!.now))).toBeLessThan(200);
});

test('fifty changes at once are applied in order, none skipped', async () => {
  const { seen } = await aNode();
  const epochs = await Promise.all(Array.from({ length: 50 }, raise));

  await confirmEpoch(own.db, Math.max(...epochs));

  expect(new Set(epochs).size).toBe(50);
  expect(seen.filter((entry) => entry !== 'all').length).toBeGreaterThan(0);
  expect(seen.length).toBeLessThanOrEqual(51);
});
