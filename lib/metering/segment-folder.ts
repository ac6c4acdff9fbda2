import { open, readdir, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeBatch } from './segment.ts';

/**
 * Names in the folder of one process:
 *   0000000007.seg            a segment
 *   0000000007-early.seg      completions whose intents are in a segment that couldn't be shipped yet
 *   0000000007.seg.rejected   a segment that the database rejects. Rename it back to `.seg` to ship it, or delete it
 *   0000000007.seg.damaged    bytes that belong to no whole batch
 *   process.json              which process the folder belongs to
 */
const EARLY = '-early.seg';
const REJECTED = '.rejected';
const DAMAGED = '.damaged';

export const PROCESS_FILE = 'process.json';

export const isEarly = (name: string): boolean => name.endsWith(EARLY);

export type FolderContents = { segments: string[]; rejected: string[] };

/** Segments to ship and segments the database rejected, each in order. */
export async function readFolder(folder: string): Promise<FolderContents> {
  const names = (await readdir(folder)).sort();
  return {
    segments: names.filter((name) => name.endsWith('.seg')),
    rejected: names.filter((name) => name.endsWith(`.seg${REJECTED}`)),
  };
}

/** Keeps the segment's bytes under a name that isn't shipped. */
export async function moveToRejected(folder: string, name: string): Promise<void> {
  await rename(join(folder, name), join(folder, `${name}${REJECTED}`));
}

/** Keeps a segment's damaged bytes. False on failure, such as a full disk. */
export const keepDamaged = (path: string, damaged: Buffer): Promise<boolean> =>
  writeFile(`${path}${DAMAGED}`, damaged, { mode: 0o600 }).then(
    () => true,
    () => false, // The caller keeps the whole segment instead, which takes no space.
  );

/** Keeps the whole segment as damaged, which takes no space. False on failure. */
export const renameToDamaged = (path: string): Promise<boolean> =>
  rename(path, `${path}${DAMAGED}`).then(
    () => true,
    () => false, // The caller removes the segment: its whole batches are in the database.
  );

/**
 * Keeps completions that arrived before their intents. `by` distinguishes the files of several processes that adopt
 * the same folder.
 */
export async function keepEarly(folder: string, after: string, by: string, lines: string): Promise<void> {
  const number = after.slice(0, 10);
  const file = await open(join(folder, `${number}${by && `-${by}`}${EARLY}`), 'w', 0o600);
  try {
    await file.writeFile(encodeBatch(`${lines}\n`));
    await file.datasync();
  } finally {
    await file.close();
  }
}

export async function removeSegment(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error; // Another process adopted it at the same time.
  });
}

/** Removes an emptied folder. Damaged bytes stay for inspection. */
export async function clearFolder(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter((name) => name !== PROCESS_FILE);
  if (left.length === 0) await rm(folder, { recursive: true, force: true });
  else if (left.every((name) => name.endsWith(DAMAGED)))
    await rm(join(folder, PROCESS_FILE), { force: true });
}
