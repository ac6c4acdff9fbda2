import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aCredential, anApplication, aTeam } from '#tests/support/factories.ts';
import { logged } from '#tests/support/logged.ts';
import { closeOpenCalls, ingestSegment } from './ingest.ts';
import type { LineCompletion, LineSubject } from './lines.ts';
import { encodeBatch, readSegment } from './segment.ts';
import { startShipper } from './ship.ts';
import { ShippedSegments } from './shipped-segments.ts';
import { openSpool } from './spool.ts';

let own: OwnDatabase;
let dir: string;
let subject: Omit<LineSubject, 'id'>;

beforeEach(async () => {
  own = await ownDatabase();
  dir = mkdtempSync(join(tmpdir(), 'spool-'));
  const application = await anApplication(own.db, await aTeam(own.db));
  const key = await aCredential(own.db, application);
  subject = {
    atMs: Date.UTC(2026, 4, 1, 12),
    day: '2026-05-01',
    credential: { ...key, memberId: null },
    route: { apiId: crypto.randomUUID(), endpointId: crypto.randomUUID() },
    method: 'GET',
    path: '/weather/cities',
    clientIp: '192.0.2.7',
    userAgent: 'curl/8 "quoted" \\ \u0000 é',
  };
});
afterEach(async () => {
  await own.drop();
  rmSync(dir, { recursive: true, force: true });
});

const aCall = (): LineSubject => ({ ...subject, id: crypto.randomUUID() });
const done: LineCompletion = {
  outcome: 'answered',
  status: 200,
  reason: null,
  counted: true,
  latencyMs: 3.5,
  bytesIn: 0,
  bytesOut: 46,
};

const rows = () =>
  own.sql`select outcome, status, counted, count(*)::int as n from usage_records group by 1, 2, 3 order by 1, 2`;
const sums = async () =>
  (
    await own.sql`select sum(requests)::int as requests, sum(errors)::int as errors, sum(refused)::int as refused from usage_daily`
  )[0];

function segmentsOf(folder: string): Buffer[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.seg'));
  return names.sort().map((name) => readFileSync(join(folder, name)));
}

async function ingest(id: string, nodeId: string, file: Buffer) {
  const { text, lines } = readSegment(file);
  return ingestSegment(own.sql, { id, nodeId, text, lines });
}

test('requests, failures and rejections are stored once, with their daily sums', async () => {
  const nodeId = crypto.randomUUID();
  const spool = openSpool({ dir, nodeId, durability: 'disk' });
  const shipper = startShipper({ sql: own.sql, spool, dir, nodeId, everyMs: 20 });
  const calls = Array.from({ length: 30 }, aCall);
  await Promise.all(calls.map((call) => spool.intent(call)));
  await Promise.all(
    calls.map((call, i) => {
      if (i < 20) return spool.complete(call, done);
      if (i < 25) return spool.complete(call, { ...done, status: 500 });
      return spool.complete(call, { ...done, status: 502, reason: 'upstream_unreachable', counted: false });
    }),
  );
  await spool.refuse(aCall(), { status: 403, reason: 'endpoint_not_connected', latencyMs: 0.2 });
  await shipper.stop();

  expect(await rows()).toEqual([
    { outcome: 'answered', status: 200, counted: true, n: 20 },
    { outcome: 'answered', status: 500, counted: true, n: 5 },
    { outcome: 'answered', status: 502, counted: false, n: 5 },
    { outcome: 'refused', status: 403, counted: false, n: 1 },
  ]);
  expect(await sums()).toEqual({ requests: 25, errors: 5, refused: 1 });
  expect(readdirSync(dir)).toEqual([]);
});

test('hostile text is kept as text', async () => {
  const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process' });
  const call = {
    ...aCall(),
    path: '/a\n["r"]\r\u001b[31m\ud800',
    userAgent: `x\nlevel=admin${'y'.repeat(5_000)}`,
  };
  await spool.intent(call);
  await spool.close();
  await ingest('one', spool.nodeId, segmentsOf(spool.folder)[0]!);

  const [row] = await own.sql`select path, length(user_agent) as length from usage_records`;
  expect(row).toEqual({ path: '/a\n["r"]\r\u001b[31m\ufffd', length: 256 });
});

test('replaying a segment five times changes nothing', async () => {
  const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process' });
  const call = aCall();
  await spool.intent(call);
  await spool.complete(call, done);
  await spool.close();
  const [file] = segmentsOf(spool.folder);

  const stored = [];
  for (let i = 0; i < 5; i++) stored.push(await ingest('same', spool.nodeId, file!));

  expect(stored).toEqual([true, false, false, false, false]);
  expect(await sums()).toEqual({ requests: 1, errors: 0, refused: 0 });
});

test('a completion in a later segment completes the row it belongs to, once', async () => {
  const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process' });
  const call = aCall();
  await spool.intent(call);
  spool.rotate();
  await spool.complete(call, { ...done, status: 404 });
  await spool.close();
  const files = segmentsOf(spool.folder);

  await ingest('1', spool.nodeId, files[0]!);
  expect(await rows()).toEqual([{ outcome: 'open', status: null, counted: true, n: 1 }]);
  expect(await sums()).toEqual({ requests: 1, errors: 0, refused: 0 });
  await ingest('2', spool.nodeId, files[1]!);
  expect(await rows()).toEqual([{ outcome: 'answered', status: 404, counted: true, n: 1 }]);
  expect(await sums()).toEqual({ requests: 1, errors: 1, refused: 0 });
});

test('the folder of a dead process is adopted, with its unfinished requests as unknown', async () => {
  const dead = crypto.randomUUID();
  const left = openSpool({ dir, nodeId: dead, durability: 'process' });
  const [answered, cutOff] = [aCall(), aCall()];
  await Promise.all([left.intent(answered), left.intent(cutOff)]);
  await left.complete(answered, done);
  await left.close();
  writeFileSync(
    join(left.folder, 'process.json'),
    JSON.stringify({ ...JSON.parse(readFileSync(join(left.folder, 'process.json'), 'utf8')), started: '1' }),
  );
  const adopted: string[] = [];

  const nodeId = crypto.randomUUID();
  const spool = openSpool({ dir, nodeId, durability: 'process' });
  const shipper = startShipper({
    sql: own.sql,
    spool,
    dir,
    nodeId,
    everyMs: 20,
    onAdopted: async (id) => void adopted.push(id),
  });
  await expect.poll(() => adopted, { timeout: 5_000 }).toEqual([dead]);
  await shipper.stop();

  expect(await rows()).toEqual([
    { outcome: 'answered', status: 200, counted: true, n: 1 },
    { outcome: 'unknown', status: null, counted: true, n: 1 },
  ]);
  expect(await sums()).toEqual({ requests: 2, errors: 1, refused: 0 });
});

test('a folder that can’t be read doesn’t delay those of other dead processes', async () => {
  const lines = logged();
  const dead = Array.from({ length: 3 }, () =>
    openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process' }),
  );
  const last = readdirSync(dir).at(-1);
  for (const left of dead) {
    if (left.nodeId === last) await left.intent(aCall());
    else mkdirSync(join(left.folder, '0000000001.seg')); // Reading it is an error.
    await left.close();
    const mark = join(left.folder, 'process.json');
    writeFileSync(mark, JSON.stringify({ ...JSON.parse(readFileSync(mark, 'utf8')), started: '1' }));
  }
  const nodeId = crypto.randomUUID();
  const spool = openSpool({ dir, nodeId, durability: 'process' });
  const shipper = startShipper({ sql: own.sql, spool, dir, nodeId, everyMs: 20 });
  await expect.poll(async () => (await rows()).length, { timeout: 5_000 }).toBe(1);
  expect(lines).toEqual(Array(2).fill(expect.stringMatching(/^A spool segment can't be read EISDIR/)));
  await shipper.stop();
});

/** A process whose first segment, with the intent of `stuck`, is moved to `kept`. The folder in its place can't be read. */
async function aStuckSegment() {
  const nodeId = crypto.randomUUID();
  const spool = openSpool({ dir, nodeId, durability: 'process' });
  const stuck = aCall();
  await spool.intent(stuck);
  spool.rotate();
  const path = join(spool.folder, '0000000001.seg');
  await expect.poll(() => spool.closedUpTo()).toBe(1);
  renameSync(path, join(dir, 'kept'));
  mkdirSync(path); // Reading it is an error.
  return { nodeId, spool, stuck, path };
}

test('an own segment that can’t be read doesn’t delay later ones, and no completion is lost', async () => {
  const lines = logged();
  const { nodeId, spool, stuck, path } = await aStuckSegment();
  await spool.complete(stuck, { ...done, status: 404 });
  const later = aCall();
  await Promise.all([spool.intent(later), spool.complete(later, done)]);

  const shipper = startShipper({ sql: own.sql, spool, dir, nodeId, everyMs: 20 });
  await expect
    .poll(rows, { timeout: 5_000 })
    .toEqual([{ outcome: 'answered', status: 200, counted: true, n: 1 }]);
  expect(shipper.status().setAside).toMatchObject([
    { segment: '0000000001.seg', error: expect.stringContaining('EISDIR') },
  ]);
  await expect.poll(() => shipper.status().setAside[0]?.tries, { timeout: 5_000 }).toBe(2);
  expect(readdirSync(spool.folder).sort()).toEqual([
    '0000000001.seg',
    '0000000002-early.seg',
    'process.json',
  ]);

  expect(lines).toEqual(Array(2).fill(expect.stringMatching(/^A spool segment can't be read EISDIR/)));

  rmdirSync(path);
  renameSync(join(dir, 'kept'), path);
  await shipper.stop();
  expect(await rows()).toEqual([
    { outcome: 'answered', status: 200, counted: true, n: 1 },
    { outcome: 'answered', status: 404, counted: true, n: 1 },
  ]);
  expect(await sums()).toEqual({ requests: 2, errors: 1, refused: 0 });
  expect(readdirSync(dir)).toEqual([]);
});

test('a process that stops with an unreadable segment leaves it to the next one, which settles nothing before it is shipped', async () => {
  const lines = logged();
  const { nodeId, spool, stuck, path } = await aStuckSegment();
  await spool.complete(stuck, done);
  const adopted: string[] = [];
  const onAdopted = async (id: string) => void adopted.push(id);
  await startShipper({ sql: own.sql, spool, dir, nodeId, onAdopted }).stop();
  expect([adopted, await rows()]).toEqual([[], []]);
  const mark = join(spool.folder, 'process.json');
  writeFileSync(mark, JSON.stringify({ ...JSON.parse(readFileSync(mark, 'utf8')), started: '1' }));

  const next = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process' });
  const first = startShipper({ sql: own.sql, spool: next, dir, nodeId: next.nodeId, onAdopted, everyMs: 20 });
  await expect
    .poll(() => first.status().notAdopted, { timeout: 5_000 })
    .toEqual([{ folder: nodeId, error: expect.stringContaining('0000000001.seg') }]);
  expect(lines.length).toBeGreaterThanOrEqual(2);
  expect(adopted).toEqual([]);
  rmdirSync(path);
  renameSync(join(dir, 'kept'), path);
  await expect.poll(() => adopted, { timeout: 10_000 }).toEqual([nodeId]);
  await first.stop();
  expect(await rows()).toEqual([{ outcome: 'answered', status: 200, counted: true, n: 1 }]);
});

test('segments of a running process are left alone', async () => {
  const living = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process' });
  await living.intent(aCall());
  const nodeId = crypto.randomUUID();
  const spool = openSpool({ dir, nodeId, durability: 'process' });
  const shipper = startShipper({ sql: own.sql, spool, dir, nodeId, everyMs: 20 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await shipper.stop();

  expect(await rows()).toEqual([]);
  await living.close();
});

test('damaged bytes are kept and the rest is shipped', async () => {
  const lines = logged();
  const nodeId = crypto.randomUUID();
  const spool = openSpool({ dir, nodeId, durability: 'process' });
  await spool.intent(aCall());
  await spool.close();
  const name = readdirSync(spool.folder).find((entry) => entry.endsWith('.seg'))!;
  writeFileSync(
    join(spool.folder, name),
    Buffer.concat([readFileSync(join(spool.folder, name)), encodeBatch('x'.repeat(50)).subarray(0, 40)]),
  );
  const shipper = startShipper({ sql: own.sql, spool, dir, nodeId, everyMs: 20 });
  await expect.poll(async () => (await rows()).length, { timeout: 5_000 }).toBe(1);
  await shipper.stop();

  expect(lines).toEqual(['Damaged bytes in a spool segment']);
  expect(readdirSync(spool.folder).filter((entry) => entry.endsWith('.damaged'))).toHaveLength(1);
});

test('a segment is shipped even if its damaged bytes can’t be kept, as on a full disk', async () => {
  const lines = logged();
  const nodeId = crypto.randomUUID();
  const spool = openSpool({ dir, nodeId, durability: 'process' });
  await spool.intent(aCall());
  await spool.close();
  const path = join(spool.folder, '0000000001.seg');
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from('#50 torn')]));
  mkdirSync(`${path}.damaged`); // Can't be written to or renamed to.
  const shipper = startShipper({ sql: own.sql, spool, dir, nodeId, everyMs: 20 });
  await expect.poll(async () => (await rows()).length, { timeout: 3_000 }).toBe(1);
  await expect.poll(() => existsSync(path), { timeout: 3_000 }).toBe(false);
  expect(lines).toEqual(['Damaged bytes in a spool segment']);
  await shipper.stop();
});

test('a process that stops settles its quota while its folder still exists', async () => {
  const lines = logged();
  const nodeId = crypto.randomUUID();
  const stop = async (onAdopted: (id: string) => Promise<void>) => {
    const spool = openSpool({ dir, nodeId, durability: 'process' });
    await spool.intent(aCall());
    await startShipper({ sql: own.sql, spool, dir, nodeId, onAdopted }).stop();
    return existsSync(spool.folder);
  };
  expect(await stop(() => Promise.reject(new Error('the database is away')))).toBe(true);
  expect(lines).toEqual([expect.stringMatching(/^Usage can't be shipped.* the database is away$/)]);
  const seen: unknown[] = [];
  expect(
    await stop(async (id) => void seen.push(id, existsSync(join(dir, id)), (await rows())[0]?.outcome)),
  ).toBe(false);
  expect(seen).toEqual([nodeId, true, 'unknown']);
});

test('a full spool rejects new requests but completes those in progress', async () => {
  const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process', bytesMax: 300 });
  const call = aCall();
  await spool.intent(call);

  await expect(spool.intent(aCall())).rejects.toThrow('full');
  await spool.complete(call, done);
  spool.shipped(1, 1_000);
  await spool.intent(aCall());
  await spool.close();
});

test('a folder that can’t be written rejects requests, and recovers by itself', async () => {
  const lines = logged();
  const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process' });
  rmSync(spool.folder, { recursive: true });

  await expect(spool.intent(aCall())).rejects.toThrow('segment');
  expect(spool.health().writable).toBe(false);

  expect(lines).toEqual([expect.stringMatching(/^The usage spool can't be written.*ENOENT/)]);
  mkdirSync(spool.folder);
  await spool.intent(aCall());
  expect(spool.health().writable).toBe(true);
  await spool.close();
});

test('closing open requests twice changes nothing', async () => {
  const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process' });
  await spool.intent(aCall());
  await spool.close();
  await ingest('1', spool.nodeId, segmentsOf(spool.folder)[0]!);

  await closeOpenCalls(own.sql, spool.nodeId);
  await closeOpenCalls(own.sql, spool.nodeId);

  expect(await sums()).toEqual({ requests: 1, errors: 1, refused: 0 });
});

const REJECTED_PATH = '/rejected';
const rejectPath = () =>
  own.sql.unsafe(`
  create function reject_path() returns trigger language plpgsql as $$ begin raise exception 'cursed path'; end $$;
  create trigger reject_path before insert on usage_records for each row when (new.path = '${REJECTED_PATH}') execute function reject_path()`);

test('a segment that the database rejects is quarantined with its bytes and a log line; later segments continue', async () => {
  await rejectPath();
  const lines = logged();
  const nodeId = crypto.randomUUID();
  const spool = openSpool({ dir, nodeId, durability: 'process' });
  const adopted: string[] = [];
  const onAdopted = async (id: string) => void adopted.push(id);
  const rejected = { ...aCall(), path: REJECTED_PATH };
  await spool.intent(rejected);
  spool.rotate();
  const later = aCall();
  await Promise.all([spool.intent(later), spool.complete(later, done), spool.complete(rejected, done)]);
  const shipper = startShipper({ sql: own.sql, spool, dir, nodeId, everyMs: 20, onAdopted });

  await expect.poll(rows).toEqual([{ outcome: 'answered', status: 200, counted: true, n: 1 }]);
  await expect.poll(() => shipper.status().quarantined.segments, { timeout: 30_000 }).toBe(1);
  expect(shipper.status()).toMatchObject({
    setAside: [{ segment: '0000000001.seg.rejected', error: 'cursed path', tries: 5 }],
    error: null,
  });
  expect(spool.health().bytes, 'quarantined bytes don’t count toward a full spool').toBe(0);
  expect(lines.filter((line) => line.includes('Quarantined')).length).toBe(1);
  expect(lines.length).toBeLessThan(10);
  expect(lines.every((line) => line.includes('cursed path'))).toBe(true);

  // The cause is fixed, and the operator renames the file.
  await own.sql`drop trigger reject_path on usage_records`;
  const path = join(spool.folder, '0000000001.seg');
  expect(readSegment(readFileSync(`${path}.rejected`)).text).toContain(REJECTED_PATH);
  renameSync(`${path}.rejected`, path);
  await expect
    .poll(rows, { timeout: 5_000 })
    .toEqual([{ outcome: 'answered', status: 200, counted: true, n: 2 }]);
  expect(await sums()).toEqual({ requests: 2, errors: 0, refused: 0 });
  await shipper.stop();
  expect([adopted, readdirSync(dir)]).toEqual([[nodeId], []]);
}, 60_000);

test('a rejected segment of a dead process doesn’t delay its folder, and nothing is settled before it is resolved', async () => {
  await rejectPath();
  logged();
  const dead = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process' });
  await dead.intent({ ...aCall(), path: REJECTED_PATH });
  dead.rotate();
  await dead.intent(aCall());
  await dead.close();
  const mark = join(dead.folder, 'process.json');
  writeFileSync(mark, JSON.stringify({ ...JSON.parse(readFileSync(mark, 'utf8')), started: '1' }));
  renameSync(join(dead.folder, '0000000001.seg'), join(dead.folder, '0000000001.seg.rejected'));
  const adopted: string[] = [];
  const nodeId = crypto.randomUUID();
  const spool = openSpool({ dir, nodeId, durability: 'process' });
  const shipper = startShipper({
    ...{ sql: own.sql, spool, dir, nodeId, everyMs: 20 },
    onAdopted: async (id) => void adopted.push(id),
  });
  await expect.poll(rows).toEqual([{ outcome: 'open', status: null, counted: true, n: 1 }]);
  await expect
    .poll(() => shipper.status())
    .toMatchObject({ notAdopted: [{ folder: dead.nodeId }], quarantined: { segments: 1 } });
  expect(adopted).toEqual([]);
  rmSync(join(dead.folder, '0000000001.seg.rejected'));
  await expect.poll(() => adopted, { timeout: 15_000 }).toEqual([dead.nodeId]);
  await shipper.stop();
}, 30_000);

test('an unavailable database is logged with its cause, a few times, and shipping continues when it is back', async () => {
  const lines = logged();
  const nodeId = crypto.randomUUID();
  const spool = openSpool({ dir, nodeId, durability: 'process' });
  await own.sql`alter table usage_records rename to usage_records_away`;
  await spool.intent(aCall());
  const shipper = startShipper({ sql: own.sql, spool, dir, nodeId, everyMs: 10 });
  await expect.poll(() => shipper.status().failures, { timeout: 10_000 }).toBeGreaterThan(5);
  expect(shipper.status()).toMatchObject({
    error: 'relation "usage_records" does not exist',
    quarantined: { segments: 0 },
  });
  expect(lines).toEqual([expect.stringMatching(/^Usage can't be shipped.*"usage_records" does not exist$/)]);
  await own.sql`alter table usage_records_away rename to usage_records`;
  await expect.poll(async () => (await rows()).length, { timeout: 10_000 }).toBe(1);
  await expect.poll(() => shipper.status()).toMatchObject({ error: null, failures: 0 });
  await shipper.stop();
}, 30_000);

const DAY_MS = 86_400_000;
const keep = { forMs: DAY_MS, bytesMax: 1024 ** 3 };

/** The commits that an asynchronous standby lacks after a failover: the latest ones. */
const USAGE_TABLES = [
  'usage_records',
  'usage_minutes',
  'usage_hours',
  'usage_days',
  'usage_daily',
  'usage_clients',
];
async function snapshot() {
  for (const table of [...USAGE_TABLES, 'usage_segments'])
    await own.sql.unsafe(`create table before_${table} as select * from ${table}`);
}
const failOver = () =>
  own.sql.begin(async (tx) => {
    for (const table of [...USAGE_TABLES, 'usage_segments'])
      await tx.unsafe(`delete from ${table}; insert into ${table} select * from before_${table}`);
  });
const everything = () =>
  Promise.all(
    [...USAGE_TABLES, 'usage_segments'].map(async (table) => {
      const found = await own.sql.unsafe<{ r: string }[]>(
        `select to_jsonb(t) - 'shipped_at' as r from ${table} t`,
      );
      return [table, found.map(({ r }) => JSON.stringify(r)).sort()];
    }),
  );

test('usage that the database loses in a failover is shipped again, exactly once', async () => {
  logged();
  const nodeId = crypto.randomUUID();
  const spool = openSpool({ dir, nodeId, durability: 'process' });
  const options = { sql: own.sql, spool, dir, nodeId, keep, everyMs: 20, checkEveryMs: 200 };
  const events: string[] = [];
  const shipper = startShipper({
    ...options,
    onLost: () => void events.push('lost'),
    onReplayed: async (id) => void events.push(id),
  });
  const calls = Array.from({ length: 40 }, aCall);
  const send = async (some: LineSubject[]) => {
    for (const [i, call] of some.entries()) {
      await spool.intent(call);
      if (i % 2) spool.rotate();
      await spool.complete(call, done);
    }
  };
  const isShipped = async (n: number) =>
    expect
      .poll(async () => (await rows()).find(({ outcome }) => outcome === 'answered')?.n, { timeout: 10_000 })
      .toBe(n);
  await send(calls.slice(0, 10));
  await isShipped(10);
  await snapshot();
  await send(calls.slice(10, 30));
  // Its intent is stored and lost, its completion is shipped after the failover.
  const spanning = aCall();
  await spool.intent(spanning);
  await isShipped(30);
  await expect.poll(async () => (await rows()).length).toBe(2);
  const before = await everything();

  await failOver();
  await spool.complete(spanning, { ...done, status: 201 });
  await expect.poll(rows, { timeout: 10_000 }).toEqual([
    { outcome: 'answered', status: 200, counted: true, n: 30 },
    { outcome: 'answered', status: 201, counted: true, n: 1 },
  ]);
  expect(events).toEqual(['lost', nodeId]);
  expect(await sums()).toEqual({ requests: 31, errors: 0, refused: 0 });
  expect(shipper.status().replayedSegments).toBeGreaterThan(0);
  expect(before.length).toBe(7);

  await send(calls.slice(30));
  await isShipped(40);
  await shipper.stop();
  expect(readdirSync(dir)).toEqual(['shipped']);
  const after = await everything();

  // Everything is lost, and this process has stopped, so another one finds out.
  await failOver();
  const next = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process' });
  const adopted: string[] = [];
  const second = startShipper({
    ...{ ...options, spool: next, nodeId: next.nodeId },
    onAdopted: async (id) => void adopted.push(id),
  });
  await expect.poll(() => adopted, { timeout: 10_000 }).toEqual([nodeId]);
  await expect.poll(everything, { timeout: 10_000 }).toEqual(after);
  await second.stop();
  expect(await everything()).toEqual(after);
}, 60_000);

test('shipped segments are kept up to a time and a size, and are deleted on a full disk', async () => {
  const nodeId = crypto.randomUUID();
  const spool = openSpool({ dir, nodeId, durability: 'process' });
  const shipped = new ShippedSegments({ dir, forMs: 60_000, bytesMax: 2_500 });
  const add = async (name: string, ageMs: number) => {
    const path = join(spool.folder, name);
    writeFileSync(path, Buffer.alloc(1_000));
    await shipped.keep(path, nodeId, name);
    const at = new Date(Date.now() - ageMs);
    utimesSync(join(dir, 'shipped', `${nodeId}_${name}.shipped`), at, at);
  };
  await add('0000000001.seg', 70_000);
  await add('0000000002.seg', 3_000);
  await add('0000000003.seg', 2_000);
  await shipped.prune();
  const names = () => readdirSync(join(dir, 'shipped')).map((name) => name.slice(-19, -8));
  expect(names()).toEqual(['0002.seg', '0003.seg'].map((name) => `000000${name}`.slice(-11)));
  await add('0000000004.seg', 0);
  await shipped.prune({ everything: true });
  expect(names()).toEqual([]);
  const small = new ShippedSegments({ dir, forMs: 60_000, bytesMax: 1_500 });
  await add('0000000005.seg', 2_000);
  await add('0000000006.seg', 1_000);
  await small.prune();
  expect(names()).toEqual(['0000006.seg']);
  expect(small.bytes).toBe(1_000);
  expect(statSync(join(dir, 'shipped')).mode & 0o777).toBe(0o700);
  await spool.close();
});
