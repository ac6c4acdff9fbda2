import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connect } from '#db/client.ts';
import { type AccessChange, confirmEpoch, raiseEpoch } from '#lib/access/epoch.ts';
import { log } from '#lib/process/log.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { tcpProxy } from '#tests/support/tcp-proxy.ts';
import { holdLease, type Lease } from './lease.ts';

let own: OwnDatabase;
let ends: (() => Promise<unknown>)[] = [];
let logged: string[] = [];
beforeEach(async () => {
  logged = [];
  const collect = (_fields: unknown, message?: string) => void logged.push(String(message ?? _fields));
  for (const level of ['error', 'warn'] as const) vi.spyOn(log, level).mockImplementation(collect);
  own = await ownDatabase();
});
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
  await own.drop();
  expect(logged, 'stray log lines').toEqual([]);
});

/** Expects these lines in the log, among others that a test with a broken connection can't rule out. */
const expectLogged = (...messages: string[]) => {
  expect(logged.splice(0)).toEqual(expect.arrayContaining(messages));
};

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

test('a cut LISTEN connection is logged and delays the confirmation, but no change is lost', async () => {
  const node = await aNode();
  await own.sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen%'`;

  const receipt = await confirmEpoch(own.db, await raise());

  expect(receipt).toMatchObject({ gateways: 1, confirmed: 1 });
  expect(receipt.afterMs).toBeLessThan(3_000);
  expect(['all', change]).toContainEqual(node.seen.at(-1));
  await vi.waitFor(() => expectLogged('The LISTEN connection was lost and has been restored'), 3_000);
});

test('a lost acknowledgment is logged and repeated', async () => {
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
  expectLogged('An access change was not acknowledged');
});

test("stopped gateways aren't waited for", async () => {
  const node = await aNode();
  await node.lease.stop();

  expect(await confirmEpoch(own.db, await raise())).toMatchObject({ gateways: 0, confirmed: 0 });
  expect(node.lease.isLive()).toBe(false);
});

test("the time comes from the database, regardless of this machine's clock", async () => {
  const { lease } = await aNode();
  const [row] = await own.sql<{ now: string }[]>`select extract(epoch from clock_timestamp()) * 1000 as now`;

  expect(Math.abs(lease.nowMs() - Number(row!.now))).toBeLessThan(200);
});

test('fifty concurrent changes are applied in order, none skipped', async () => {
  const { seen } = await aNode();
  const epochs = await Promise.all(Array.from({ length: 50 }, raise));

  await confirmEpoch(own.db, Math.max(...epochs));

  expect(new Set(epochs).size).toBe(50);
  expect(seen.filter((entry) => entry !== 'all').length).toBeGreaterThan(0);
  expect(seen.length).toBeLessThanOrEqual(51);
});

test('a hanging renewal times out, is logged, and the next one uses another connection', async () => {
  const proxy = await aProxy();
  const node = await aNode({ leaseSeconds: 2, first: { lease: proxy.url } });
  proxy.hang();

  await vi.waitFor(() => expect(node.lease.isLive()).toBe(false), { timeout: 4_000, interval: 10 });
  await vi.waitFor(() => expect(node.lease.isLive()).toBe(true), 4_000);
  expect(node.hung()).toBe(1);
  expect(await confirmEpoch(own.db, await raise())).toMatchObject({ gateways: 1, confirmed: 1 });
  expectLogged('Renewing the gateway lease timed out');
});

test('a process whose lease has expired clears its cache before using it again, and logs both', async () => {
  const proxy = await aProxy();
  const node = await aNode({ leaseSeconds: 2, first: { lease: proxy.url } });
  proxy.hang();
  await vi.waitFor(() => expect(node.lease.isLive()).toBe(false), { timeout: 4_000, interval: 10 });
  const seen = node.seen.length;

  await vi.waitFor(() => expect(node.lease.isLive()).toBe(true), 4_000);
  // Nobody waited for it in between, and the epoch it reads may be older than the last confirmation.
  expect(node.seen.slice(seen)).toEqual(['all']);
  await node.lease.stop();
  expectLogged('The gateway lease has expired: the database is unreachable and requests are refused');
});

test('a hanging LISTEN connection delays a confirmation by one renewal, and is replaced', async () => {
  const proxy = await aProxy();
  const node = await aNode({ first: { listening: proxy.url } });
  proxy.hang();

  const receipt = await confirmEpoch(own.db, await raise());
  expect(receipt).toMatchObject({ gateways: 1, confirmed: 1 });
  expect(receipt.afterMs).toBeLessThan(3_000);
  expect(node.seen.at(-1), 'by the renewal: it is unknown what changed').toBe('all');

  await vi.waitFor(
    async () => {
      await confirmEpoch(own.db, await raise());
      expect(node.seen.at(-1), 'by notification again').toEqual(change);
    },
    { timeout: 10_000, interval: 250 },
  );
  expect(node.lease.isLive()).toBe(true);
  expectLogged("The LISTEN connection isn't responding. Replacing it");
});

test('a suspended process or a sleeping machine finds its lease expired when it wakes up', async () => {
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

test('restoring the database to an earlier state clears the cache, and later changes arrive', async () => {
  const node = await aNode();
  for (let i = 0; i < 5; i++) await confirmEpoch(own.db, await raise());
  await own.sql`update access_epoch set epoch = epoch - 4`;
  await own.sql`update gateway_nodes set epoch_seen = epoch_seen - 4`;

  await vi.waitFor(() => expect(node.seen.slice(-2)).toEqual(['restored', 'all']), 3_000);
  expect(await confirmEpoch(own.db, await raise())).toMatchObject({ gateways: 1, confirmed: 1 });
  expect(node.seen.at(-1)).toEqual(change);
  expectLogged('The database was restored to an earlier state. Reloading everything');
});

test('a restored backup without this process is noticed even if its epoch is not lower', async () => {
  const node = await aNode();
  await confirmEpoch(own.db, await raise());
  await own.sql`delete from gateway_nodes where id = ${node.nodeId}`;
  await own.sql`update access_epoch set epoch = epoch + 3`;

  await vi.waitFor(() => expect(node.seen.slice(-2)).toEqual(['restored', 'all']), 3_000);
  expectLogged('The database was restored to an earlier state. Reloading everything');
});

test('rows of processes that stopped long ago are deleted, others are kept', async () => {
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

test('more channels can be listened to, and survive a replaced connection', async () => {
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
  expectLogged("The LISTEN connection isn't responding. Replacing it");
});

test('the database counts as unreachable while a renewal hangs or fails, and after that as reachable again', async () => {
  const proxy = await aProxy();
  const node = await aNode({ leaseSeconds: 30, first: { lease: proxy.url } });
  expect(node.lease.isReachable()).toBe(true);
  proxy.hang();

  await vi.waitFor(() => expect(node.lease.isReachable()).toBe(false), { timeout: 4_000, interval: 10 });
  expect(node.lease.isLive(), 'the cache may still be used').toBe(true);
  await vi.waitFor(() => expect(node.lease.isReachable()).toBe(true), 9_000);
  expectLogged('Renewing the gateway lease timed out');
});
