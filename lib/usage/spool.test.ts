import fs, { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LineCompletion, LineSubject } from './lines.ts';
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

const done: LineCompletion = {
  ...{ outcome: 'answered', status: 200, reason: null, counted: true },
  ...{ latencyMs: 1, bytesIn: 0, bytesOut: 0 },
};

/** Puts another flush in the place of the disk's own while a test runs. */
async function withFlush(flush: typeof fs.fdatasync, run: () => Promise<void>): Promise<void> {
  const { fdatasync } = fs;
  fs.fdatasync = flush;
  syncBuiltinESMExports();
  try {
    await run();
  } finally {
    fs.fdatasync = fdatasync;
    syncBuiltinESMExports();
  }
}

const aMoment = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('an intent waits to be written, what lets an answer out waits for the disk', async () => {
  const flushes: (() => void)[] = [];
  const held = ((_fd: number, then: (error: null) => void) =>
    flushes.push(() => then(null))) as unknown as typeof fs.fdatasync; // Called with a callback only.
  await withFlush(held, async () => {
    const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'disk' });
    await spool.intent(aCall(1));
    expect(idsIn(spool.folder)).toEqual(['call-1']);
    expect(flushes).toHaveLength(0);

    const told: string[] = [];
    const waiting = [
      spool.onDisk().then(() => told.push('onDisk')),
      spool.complete(aCall(1), done).then(() => told.push('complete')),
      spool
        .refuse(aCall(2), { status: 429, reason: 'quota_exceeded', latencyMs: 1 })
        .then(() => told.push('refuse')),
    ];
    await expect.poll(() => flushes.length).toBe(1);
    await spool.intent(aCall(3)); // Does not wait for the flush that is under way.
    expect(told).toEqual([]);
    expect(idsIn(spool.folder)).toEqual(['call-1', 'call-1', 'call-2', 'call-3']);

    while (told.length < waiting.length) {
      for (const end of flushes.splice(0)) end();
      await aMoment(1);
    }
    await Promise.all(waiting);

    const closed = spool.close();
    await expect.poll(() => flushes.length).toBe(1);
    for (const end of flushes.splice(0)) end();
    await closed;
  });
});

test('what the disk did not take is taken back, the intents of forwarded calls are not, and the next call finds another segment', async () => {
  let failing = true;
  const { fdatasync } = fs;
  const flush = ((fd: number, then: (error: Error | null) => void) =>
    failing ? setImmediate(then, new Error('EIO')) : fdatasync(fd, then)) as unknown as typeof fs.fdatasync; // Called with a callback only.
  await withFlush(flush, async () => {
    const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'disk' });
    await spool.intent(aCall(1));
    await expect(spool.complete(aCall(1), done)).rejects.toThrow('spool');
    await expect(spool.onDisk()).resolves.toBeUndefined(); // Nothing is left that it could wait for.
    expect(spool.status()).toMatchObject({ writable: false, lastError: 'EIO' });
    // With the disk in doubt an intent waits for it too.
    await expect(spool.intent(aCall(2))).rejects.toThrow('spool');

    failing = false;
    await spool.intent(aCall(3));
    expect(spool.status().writable).toBe(true);
    await spool.complete(aCall(3), done);
    await spool.close();
    const kept = readdirSync(spool.folder)
      .filter((name) => name.endsWith('.seg'))
      .map((name) => readSegment(readFileSync(join(spool.folder, name))).text)
      .join('\n');
    expect([...kept.matchAll(/\["(\w)","(call-\d)"/g)].map(([, kind, id]) => `${kind} ${id}`)).toEqual([
      'i call-1',
      'i call-3',
      'c call-3',
    ]);
  });
});

test('while the disk stands still, no call goes on the strength of a mere write', async () => {
  const flushes: (() => void)[] = [];
  const held = ((_fd: number, then: (error: null) => void) =>
    flushes.push(() => then(null))) as unknown as typeof fs.fdatasync; // Called with a callback only.
  await withFlush(held, async () => {
    const spool = openSpool({ dir, nodeId: crypto.randomUUID(), durability: 'disk' });
    await spool.intent(aCall(1));
    const completed = spool.complete(aCall(1), done);
    await expect.poll(() => flushes.length).toBe(1);
    await aMoment(550);
    let forwarded = false;
    const late = spool.intent(aCall(2)).then(() => {
      forwarded = true;
    });
    await aMoment(50);
    expect(forwarded).toBe(false);

    const ends = setInterval(() => {
      for (const end of flushes.splice(0)) end();
    }, 1);
    await Promise.all([completed, late]);
    await spool.close();
    clearInterval(ends);
  });
});
