import { constants } from 'node:fs';
import fs, { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pagedMemory, preallocate, zeroBlock } from './preallocate.ts';

const MIB = 1024 ** 2;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'preallocate-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('creates a private file of zeros and never overwrites one', async () => {
  const path = join(folder, 'one');
  expect([0, constants.O_DIRECT]).toContain(await preallocate(path, 2 * MIB));
  expect((await readFile(path)).equals(Buffer.alloc(2 * MIB))).toBe(true);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await expect(preallocate(path, MIB)).rejects.toThrow('EEXIST');
});

test('falls back to buffered writes on a file system without O_DIRECT, and remembers', async () => {
  const { open } = fs;
  const asked: number[] = [];
  fs.open = (path, flags, mode) => {
    asked.push(Number(flags) & constants.O_DIRECT);
    if (Number(flags) & constants.O_DIRECT)
      return Promise.reject(Object.assign(new Error('EINVAL'), { code: 'EINVAL' }));
    return open(path, flags, mode);
  };
  syncBuiltinESMExports();
  try {
    expect(await preallocate(join(folder, 'one'), MIB)).toBe(0);
    expect(await preallocate(join(folder, 'two'), MIB)).toBe(0);
  } finally {
    fs.open = open;
    syncBuiltinESMExports();
  }
  expect(asked).toEqual([constants.O_DIRECT, 0, 0]);
  expect((await stat(join(folder, 'two'))).size).toBe(MIB);
});

test('paged memory is zeroed and at least as long as requested', () => {
  const memory = pagedMemory(100_000);
  expect(memory.length).toBeGreaterThanOrEqual(100_000);
  expect(memory.every((byte) => byte === 0)).toBe(true);
  expect(zeroBlock().equals(Buffer.alloc(512))).toBe(true);
});
