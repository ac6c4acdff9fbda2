import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect } from '#db/client.ts';
import { type AccessChange, confirmEpoch, raiseEpoch } from '#lib/access/epoch.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { tcpProxy } from '#tests/support/tcp-proxy.ts';
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

type Overrides = {
  apply?: (change: AccessChange) => Promise<void>;
  leaseSeconds?: number;
  /** Where the first connection leads; later ones always lead to the database. */
  first?: { lease?: string; listening?: string };
};

async function aNode({ apply, leaseSeconds = 30, first = {} }: Overrides = {}) {
  const seen: (AccessChange | 'all' | 'restored')[] = [];
  let hung = 0;
  const opener = (firstUrl = own.url) => {
    let url = firstUrl;
    return () => {
      const { sql } = connect(url, { max: 1 });
      url = own.url;
      return sql;
    };
  };
  const nodeId = crypto.randomUUID();
  const lease: Lease = await holdLease({
    open: opener(first.lease),
    openListening: opener(first.listening),
    nodeId,
    mount: 'node',
    leaseSeconds,
    apply: async (change) => {
      await apply?.(change);
      seen.push(change);
    },
    applyAll: () => void seen.push('all'),
    onRestored: () => void seen.push('restored'),
    onHung: () => void hung++,
  });
  ends.push(() => lease.stop());
  return { lease, seen, nodeId, hung: () => hung };
}

async function aProxy() {
  const proxy = await tcpProxy(Number(new URL(own.url).port));
  ends.push(() => proxy.stop());
  return { ...proxy, url: own.url.replace(/:\d+\//, `:${proxy.port}/`) };
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

test('an acknowledgement that was lost with its connection is given again', async () => {
  const node = await aNode();
  let epoch = 0;
  await own.sql.begin(async (tx) => {
    await tx`select 1 from gateway_nodes where id = ${node.nodeId} for update`;
    epoch = await raise();
    // Until the acknowledgement waits for the row; then its connection is gone.
    const waiting = () => own.sql<{ pid: number }[]>`select pid from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query ilike '%epoch_seen%'`;
    await vi.waitUntil(async () => (await waiting()).length > 0, { timeout: 3_000, interval: 10 });
    for (const { pid } of await waiting()) await own.sql`select pg_terminate_backend(${pid}::int)`;
  });
  expect(node.seen.at(-1)).toEqual(change);

  expect(await confirmEpoch(own.db, epoch, 5_000)).toMatchObject({ gateways: 1, confirmed: 1 });
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

test('a renewal into a black hole ends by its own time-out, and the next one takes another connection', async () => {
  const proxy = await aProxy();
  const node = await aNode({ leaseSeconds: 2, first: { lease: proxy.url } });
  proxy.hang();

  await vi.waitFor(() => expect(node.lease.isLive()).toBe(false), { timeout: 4_000, interval: 10 });
  await vi.waitFor(() => expect(node.lease.isLive()).toBe(true), 4_000);
  expect(node.hung()).toBe(1);
  expect(await confirmEpoch(own.db, await raise())).toMatchObject({ gateways: 1, confirmed: 1 });
});

test('a process whose lease has lapsed forgets all before it answers from memory again', async () => {
  const proxy = await aProxy();
  const node = await aNode({ leaseSeconds: 2, first: { lease: proxy.url } });
  proxy.hang();
  await vi.waitFor(() => expect(node.lease.isLive()).toBe(false), { timeout: 4_000, interval: 10 });
  const seen = node.seen.length;

  await vi.waitFor(() => expect(node.lease.isLive()).toBe(true), 4_000);
  // Nobody waited for it meanwhile, and the epoch it is told may be older than the last confirmation.
  expect(node.seen.slice(seen)).toEqual(['all']);
});

test('a LISTEN connection that hangs delays a confirmation by a renewal, and is replaced', async () => {
  const proxy = await aProxy();
  const node = await aNode({ first: { listening: proxy.url } });
  proxy.hang();

  const receipt = await confirmEpoch(own.db, await raise());
  expect(receipt).toMatchObject({ gateways: 1, confirmed: 1 });
  expect(receipt.afterMs).toBeLessThan(3_000);
  expect(node.seen.at(-1), 'by the renewal: what changed is not known').toBe('all');

  await vi.waitFor(
    async () => {
      await confirmEpoch(own.db, await raise());
      expect(node.seen.at(-1), 'by notification again').toEqual(change);
    },
    { timeout: 10_000, interval: 250 },
  );
  expect(node.lease.isLive()).toBe(true);
});

test('a process that was stopped, or a machine that slept, finds the lease ended before it has renewed it', async () => {
  const { lease } = await aNode();
  expect(lease.isLive()).toBe(true);
  for (const clock of [performance, Date]) {
    const now = clock.now();
    const spy = vi.spyOn(clock, 'now').mockReturnValue(now + 30_001);
    expect(lease.isLive()).toBe(false);
    spy.mockRestore();
  }
  expect(lease.isLive()).toBe(true);
});

test('a database that goes back in time is another one: all is dropped, and later changes arrive', async () => {
  const node = await aNode();
  for (let i = 0; i < 5; i++) await confirmEpoch(own.db, await raise());
  await own.sql`update access_epoch set epoch = epoch - 4`;
  await own.sql`update gateway_nodes set epoch_seen = epoch_seen - 4`;

  await vi.waitFor(() => expect(node.seen.slice(-2)).toEqual(['restored', 'all']), 3_000);
  expect(await confirmEpoch(own.db, await raise())).toMatchObject({ gateways: 1, confirmed: 1 });
  expect(node.seen.at(-1)).toEqual(change);
});

test('a backup that knows nothing of this process shows even when its epoch is not lower', async () => {
  const node = await aNode();
  await confirmEpoch(own.db, await raise());
  await own.sql`delete from gateway_nodes where id = ${node.nodeId}`;
  await own.sql`update access_epoch set epoch = epoch + 3`;

  await vi.waitFor(() => expect(node.seen.slice(-2)).toEqual(['restored', 'all']), 3_000);
});

test('rows of processes that are long gone are taken away, the others stay', async () => {
  const row = (ago: string) => own.sql`
    insert into gateway_nodes (id, mount, host, pid, lease_until, epoch_seen)
    values (${crypto.randomUUID()}, 'node', 'gone', 1, now() - ${ago}::interval, 0)`;
  await row('25 hours');
  await row('23 hours');
  await aNode();

  await vi.waitFor(async () => {
    const [left] = await own.sql`select count(*)::int as n from gateway_nodes where host = 'gone'`;
    expect(left!.n).toBe(1);
  }, 5_000);
});

test('processes count each other', async () => {
  const one = await aNode();
  expect(one.lease.liveNodes()).toBe(1);
  const two = await aNode();
  expect(two.lease.liveNodes()).toBe(2);
  await vi.waitFor(() => expect(one.lease.liveNodes()).toBe(2), 3_000);
  await two.lease.stop();
  await vi.waitFor(() => expect(one.lease.liveNodes()).toBe(1), 3_000);
});

test('further channels are listened to, also after the connection was replaced', async () => {
  const proxy = await aProxy();
  const heard: string[] = [];
  const node = await aNode({ first: { listening: proxy.url } });
  await node.lease.listen('other', (payload) => heard.push(payload));
  await own.sql.notify('other', 'one');
  await vi.waitFor(() => expect(heard).toEqual(['one']), 2_000);
  proxy.hang();

  await vi.waitFor(
    async () => {
      await own.sql.notify('other', 'two');
      expect(heard.at(-1)).toBe('two');
    },
    { timeout: 10_000, interval: 250 },
  );
});
