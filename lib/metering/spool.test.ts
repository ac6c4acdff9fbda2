import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { logged } from '#tests/support/logged.ts';
import type { LineSubject } from './lines.ts';
import { readSegment } from './segment.ts';
import { openSpool } from './spool.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'spool-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const aCall = (number: number): LineSubject => ({
  id: `call-${number}`,
  atMs: Date.UTC(2026, 4, 1, 12),
  day: '2026-05-01',
  credential: {
    id: 'c',
    keyId: 'k',
    teamId: 't',
    applicationId: 'a',
    environment: 'production',
    memberId: null,
  } as unknown as LineSubject['credential'], // Only the fields that a line contains.
  route: null,
  method: 'GET',
  path: `/${'x'.repeat(2_000)}`,
  clientIp: '',
  userAgent: '',
});

/** Ids of all lines in the folder, in the order of its segments. */
function idsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.seg'))
    .sort()
    .map((name) => readSegment(readFileSync(join(folder, name))))
    .flatMap(({ text, damaged }) => {
      expect(damaged.length).toBe(0);
      return text ? text.split('\n') : [];
    })
    .map((line) => /call-\d+/.exec(line)![0]);
}

test('a segment filled by one writer is closed once, and writing continues in the next one', async () => {
  const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process' });
  const count = 6_000; // Some 13 MB: past the size of a segment.
  for (let i = 0; i < count; i++) await spool.intent(aCall(i));
  await spool.close();
  expect(idsIn(spool.folder)).toEqual(Array.from({ length: count }, (_, i) => `call-${i}`));
});

test('a segment that can’t be truncated delays no request', async () => {
  const lines = logged();
  const { ftruncateSync } = fs;
  fs.ftruncateSync = () => {
    throw new Error('EROFS');
  };
  syncBuiltinESMExports();
  try {
    const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process' });
    const first = spool.intent(aCall(1));
    await new Promise((resolve) => setImmediate(resolve));
    const count = 2_500; // Past the end of a segment.
    for (let i = 0; i < count; i++) await spool.intent(aCall(i));
    await first;
    spool.rotate();
    await spool.close();
    expect(idsIn(spool.folder)).toHaveLength(count + 1);
    expect(lines).toEqual(['Closing a spool segment failed EROFS']);
  } finally {
    fs.ftruncateSync = ftruncateSync;
    syncBuiltinESMExports();
  }
});

test('a segment that can’t be preallocated blocks no request', async () => {
  const lines = logged();
  const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'disk' });
  const ahead = join(spool.folder, '0000000002.seg');
  writeFileSync(ahead, ''); // Left by an attempt on a full disk.
  let written = 0;
  const until = performance.now() + 10_000;
  const isLeftover = () => statSync(ahead, { throwIfNoEntry: false })?.size === 0;
  while (isLeftover() && performance.now() < until) await spool.intent(aCall(written++));
  expect(isLeftover(), 'the leftover is replaced').toBe(false);
  expect(lines).toEqual([expect.stringMatching(/^Preallocating a spool segment failed EEXIST/)]);
  spool.rotate();
  await spool.intent(aCall(written++));
  await spool.close();
  expect(idsIn(spool.folder)).toEqual(Array.from({ length: written }, (_, i) => `call-${i}`));
});

test('no line fails, is lost or duplicated while segments are rotated as fast as they are preallocated', async () => {
  const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'disk' });
  const rotation = setInterval(() => spool.rotate(), 5);
  const written: string[] = [];
  let number = 0;
  const until = performance.now() + 2_000;
  const writers = Array.from({ length: 64 }, async () => {
    while (performance.now() < until) {
      const call = aCall(number++);
      await spool.intent(call);
      written.push(call.id);
    }
  });
  await Promise.all(writers);
  clearInterval(rotation);
  await spool.close();
  const found = idsIn(spool.folder);
  expect(found.length).toBe(written.length);
  expect(new Set(found)).toEqual(new Set(written));
});

/** A spool that writes to a preallocated segment. */
async function busySpool() {
  const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'disk' });
  const written: string[] = [];
  const write = async (call: LineSubject) => {
    await spool.intent(call);
    written.push(call.id);
  };
  let number = 0;
  const preallocated = join(spool.folder, '0000000002.seg');
  while (!existsSync(preallocated)) await write(aCall(number++));
  await new Promise((resolve) => setTimeout(resolve, 200)); // On disk, and open.
  spool.rotate();
  await write(aCall(number++));
  return { spool, write, written, nextNumber: number };
}

test('batches of every size are intact in a preallocated segment', async () => {
  const { spool, write, written, nextNumber } = await busySpool();
  let number = nextNumber;
  // A batch of 500 lines is about a megabyte, more than the reusable buffers hold.
  for (const lines of [1, 2, 30, 500, 1, 120, 3])
    await Promise.all(
      Array.from({ length: lines }, () => write({ ...aCall(number++), userAgent: 'é'.repeat(lines) })),
    );
  await spool.close();
  const found = idsIn(spool.folder);
  expect(found.length).toBe(written.length);
  expect(new Set(found)).toEqual(new Set(written));
});

test('a batch that fails in a preallocated segment leaves no request behind', async () => {
  const lines = logged();
  const { spool, write, written, nextNumber } = await busySpool();
  const { write: writeFile } = fs;
  let failing = true;
  type Written = (error: Error | null, count: number) => void;
  const failOnce = (fd: number, bytes: Buffer, from: number, length: number, at: number, done: Written) =>
    writeFile(fd, bytes, from, length, at, (error, count) => {
      const fails = failing;
      failing = false;
      done(fails ? new Error('EIO') : error, count);
    });
  fs.write = failOnce as unknown as typeof writeFile; // The only overload that the spool calls.
  syncBuiltinESMExports();
  try {
    await expect(write(aCall(nextNumber))).rejects.toThrow("The usage spool can't be written");
    expect(spool.health()).toMatchObject({ writable: false, lastError: 'EIO' });
    await write(aCall(nextNumber + 1));
    expect(spool.health().writable).toBe(true);
    expect(lines.filter((line) => /^The usage spool can't be written.*EIO$/.test(line))).toHaveLength(1);
  } finally {
    fs.write = writeFile;
    syncBuiltinESMExports();
  }
  await spool.close();
  const texts = readdirSync(spool.folder)
    .filter((name) => name.endsWith('.seg'))
    .map((name) => readSegment(readFileSync(join(spool.folder, name))).text);
  const found = texts.join('\n').match(/call-\d+/g)!;
  expect(new Set(found)).toEqual(new Set(written));
  expect(found.length).toBe(written.length);
});

test('a process without requests notices that its disk is unusable, and that it works again', async () => {
  const lines = logged();
  const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process' });
  expect(spool.health()).toEqual({
    writable: true,
    bytes: 0,
    oldestLineAtMs: null,
    lastError: null,
    lastErrorAtMs: null,
  });
  await spool.intent(aCall(1));
  rmSync(spool.folder, { recursive: true });
  await expect.poll(() => spool.health().writable, { timeout: 10_000 }).toBe(false);
  expect(spool.health().lastError).toContain('ENOENT');
  expect(lines).toEqual([expect.stringMatching(/^The usage spool can't be written.*ENOENT/)]);
  mkdirSync(spool.folder);
  await expect.poll(() => spool.health().writable, { timeout: 5_000 }).toBe(true);
  expect(readdirSync(spool.folder)).toEqual([]);
  await spool.close();
});

test('health shows how much is unshipped and since when', async () => {
  const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process', bytesMax: 3_000 });
  const before = Date.now();
  await spool.intent(aCall(1));
  const { bytes, oldestLineAtMs, writable } = spool.health();
  expect(bytes).toBeGreaterThan(2_000);
  expect(oldestLineAtMs).toBeGreaterThanOrEqual(before);
  expect(writable).toBe(true);
  await spool.intent(aCall(2));
  expect(spool.health()).toMatchObject({ writable: false, lastError: 'The usage spool is full' });
  await spool.close();
  spool.shipped(1, spool.health().bytes);
  expect(spool.health()).toMatchObject({ writable: true, bytes: 0, oldestLineAtMs: null, lastError: null });
});

test('only the owner can read the spool', async () => {
  const shared = join(dir, 'spool');
  mkdirSync(shared, { mode: 0o755 });
  const spool = openSpool({ dir: shared, nodeId: crypto.randomUUID(), durability: 'process' });
  await spool.intent(aCall(1));
  await spool.close();
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
  expect([modeOf(shared), modeOf(spool.folder)]).toEqual(['700', '700']);
  const files = readdirSync(spool.folder).map((name) => [name, modeOf(join(spool.folder, name))]);
  expect(files).toEqual([
    ['0000000001.seg', '600'],
    ['process.json', '600'],
  ]);
});
