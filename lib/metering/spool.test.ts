import fs, { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
  } as unknown as LineSubject['credential'], // Only what a line takes from it.
  route: null,
  method: 'GET',
  path: `/${'x'.repeat(2_000)}`,
  clientIp: '',
  userAgent: '',
});

/** Ids of all lines that stand in the folder, in the order of its segments. */
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

test('a segment that one writer fills is closed once, and the next one goes on', async () => {
  const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'process' });
  const count = 6_000; // Some 13 MB: past the size of a segment.
  for (let i = 0; i < count; i++) await spool.intent(aCall(i));
  await spool.close();
  expect(idsIn(spool.folder)).toEqual(Array.from({ length: count }, (_, i) => `call-${i}`));
});

test('a segment that can not be cut to its length holds up no call', async () => {
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
  } finally {
    fs.ftruncateSync = ftruncateSync;
    syncBuiltinESMExports();
  }
});

test('a segment that can not be laid out ahead of time stands in no call’s way', async () => {
  const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'disk' });
  const ahead = join(spool.folder, '0000000002.seg');
  writeFileSync(ahead, ''); // What is left of an attempt that found the disk full.
  for (let i = 0; existsSync(ahead) && i < 1_000; i++) await spool.intent(aCall(i));
  spool.rotate();
  await spool.intent(aCall(-1));
  await spool.close();
});

test('no line fails, is lost or doubled while segments are ended as fast as they are laid out', async () => {
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

/** A spool that writes to a segment which was laid out ahead of time. */
async function busySpool() {
  const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'disk' });
  const written: string[] = [];
  const write = async (call: LineSubject) => {
    await spool.intent(call);
    written.push(call.id);
  };
  let number = 0;
  const laidOut = join(spool.folder, '0000000002.seg');
  while (!existsSync(laidOut)) await write(aCall(number++));
  await new Promise((resolve) => setTimeout(resolve, 200)); // On disk, and open.
  spool.rotate();
  await write(aCall(number++));
  return { spool, write, written, nextNumber: number };
}

test('batches of every size are whole in a segment that was laid out', async () => {
  const { spool, write, written, nextNumber } = await busySpool();
  let number = nextNumber;
  // Of 500 lines the batch is a megabyte long, more than is written directly.
  for (const lines of [1, 2, 30, 500, 1, 120, 3])
    await Promise.all(
      Array.from({ length: lines }, () => write({ ...aCall(number++), userAgent: 'é'.repeat(lines) })),
    );
  await spool.close();
  const found = idsIn(spool.folder);
  expect(found.length).toBe(written.length);
  expect(new Set(found)).toEqual(new Set(written));
});

test('a batch that fails in a segment that was laid out leaves no call behind', async () => {
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
  fs.write = failOnce as unknown as typeof writeFile; // The one form that the spool calls.
  syncBuiltinESMExports();
  try {
    await expect(write(aCall(nextNumber))).rejects.toThrow('the usage spool can not be written');
    expect(spool.status()).toMatchObject({ writable: false, lastError: 'EIO' });
    await write(aCall(nextNumber + 1));
    expect(spool.status().writable).toBe(true);
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
