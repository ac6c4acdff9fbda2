import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aCredential, anApplication, aTeam } from '#tests/support/factories.ts';
import { closeOpenCalls, ingestSegment } from './ingest.ts';
import type { LineCompletion, LineSubject } from './lines.ts';
import { encodeBatch, readSegment } from './segment.ts';
import { startShipper } from './ship.ts';
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

test('calls, failures and refusals arrive once with their daily sums', async () => {
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

  const moved = [];
  for (let i = 0; i < 5; i++) moved.push(await ingest('same', spool.nodeId, file!));

  expect(moved).toEqual([true, false, false, false, false]);
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

test('what a dead process left behind is adopted, its unfinished calls as unknown', async () => {
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

test('a folder that can not be read does not keep those of other dead processes waiting', async () => {
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
  await shipper.stop();
});

/** A process whose first segment, with the intent of `stuck`, is put aside as `kept`; a folder in its place can't be read. */
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

test('an own segment that can not be read is set aside: later ones go on, and no completion is lost', async () => {
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

test('a process that stops with a segment that can not be read leaves it to the next, which settles nothing before', async () => {
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
  expect(adopted).toEqual([]);
  rmdirSync(path);
  renameSync(join(dir, 'kept'), path);
  await expect.poll(() => adopted, { timeout: 10_000 }).toEqual([nodeId]);
  await first.stop();
  expect(await rows()).toEqual([{ outcome: 'answered', status: 200, counted: true, n: 1 }]);
});

test('a living process keeps its segments to itself', async () => {
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

test('damaged bytes are set aside and the rest is shipped', async () => {
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

  expect(readdirSync(spool.folder).filter((entry) => entry.endsWith('.damaged'))).toHaveLength(1);
});

test('a segment goes to the database also when its damaged bytes can not be set aside, as on a full disk', async () => {
  const nodeId = crypto.randomUUID();
  const spool = openSpool({ dir, nodeId, durability: 'process' });
  await spool.intent(aCall());
  await spool.close();
  const path = join(spool.folder, '0000000001.seg');
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from('#50 torn')]));
  mkdirSync(`${path}.damaged`); // Neither written to nor renamed to.
  const shipper = startShipper({ sql: own.sql, spool, dir, nodeId, everyMs: 20 });
  await expect.poll(async () => (await rows()).length, { timeout: 3_000 }).toBe(1);
  await expect.poll(() => existsSync(path), { timeout: 3_000 }).toBe(false);
  await shipper.stop();
});

test('a process that stops settles what it held while its folder can still be found', async () => {
  const nodeId = crypto.randomUUID();
  const stop = async (onAdopted: (id: string) => Promise<void>) => {
    const spool = openSpool({ dir, nodeId, durability: 'process' });
    await spool.intent(aCall());
    await startShipper({ sql: own.sql, spool, dir, nodeId, onAdopted }).stop();
    return existsSync(spool.folder);
  };
  expect(await stop(() => Promise.reject(new Error('the database is away')))).toBe(true);
  const seen: unknown[] = [];
  expect(
    await stop(async (id) => void seen.push(id, existsSync(join(dir, id)), (await rows())[0]?.outcome)),
  ).toBe(false);
  expect(seen).toEqual([nodeId, true, 'unknown']);
});

test('a spool that is full takes no new call but completes those under way', async () => {
  const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process', bytesMax: 300 });
  const call = aCall();
  await spool.intent(call);

  await expect(spool.intent(aCall())).rejects.toThrow('full');
  await spool.complete(call, done);
  spool.shipped(1, 1_000);
  await spool.intent(aCall());
  await spool.close();
});

test('a folder that can not be written refuses calls, and recovers by itself', async () => {
  const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process' });
  rmSync(spool.folder, { recursive: true });

  await expect(spool.intent(aCall())).rejects.toThrow('segment');
  expect(spool.health().writable).toBe(false);

  const { mkdirSync } = await import('node:fs');
  mkdirSync(spool.folder);
  await spool.intent(aCall());
  expect(spool.health().writable).toBe(true);
  await spool.close();
});

test('closing open calls twice changes nothing', async () => {
  const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process' });
  await spool.intent(aCall());
  await spool.close();
  await ingest('1', spool.nodeId, segmentsOf(spool.folder)[0]!);

  await closeOpenCalls(own.sql, spool.nodeId);
  await closeOpenCalls(own.sql, spool.nodeId);

  expect(await sums()).toEqual({ requests: 1, errors: 1, refused: 0 });
});
