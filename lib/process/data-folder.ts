import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, processMark, readMark } from './identity.ts';

/** Permissions that others than the owner and the group never get. */
const OTHERS = 0o007;
/** Folders and files in the data folder that hold something private. */
const PRIVATE = [
  'outbox',
  'spool',
  'secrets.json',
  'postgres.json',
  'latchkey.lock',
  'revocations.jsonl',
  'demo.json',
];

export class DataFolderInUse extends Error {
  override name = 'DataFolderInUse';
}

/** Creates the data folder for its owner alone, and takes all access away from others if it exists already. */
export function secureDataFolder(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  takeFromOthers(dataDir);
  for (const name of readdirSync(dataDir)) if (PRIVATE.includes(name)) takeFromOthers(join(dataDir, name));
}

function takeFromOthers(path: string): void {
  const { mode } = statSync(path);
  if (mode & OTHERS) chmodSync(path, mode & 0o777 & ~OTHERS);
}

/**
 * Locks the data folder, which two installations can't share: both would run its embedded database. Returns what releases
 * it. The lock of a process that is gone is taken over.
 */
export function lockDataFolder(dataDir: string): () => void {
  const path = join(dataDir, 'latchkey.lock');
  secureDataFolder(dataDir);
  for (;;) {
    try {
      // `wx`: of two processes that start at once, one gets the lock.
      writeFileSync(path, JSON.stringify(processMark()), { flag: 'wx', mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // node:fs throws only this kind.
    }
    const holder = lockHolder(dataDir);
    if (holder !== null)
      throw new DataFolderInUse(
        `Latchkey is already running on ${dataDir} (process ${holder}). Stop it, or set another DATA_DIR.`,
      );
    rmSync(path, { force: true });
  }
}

/** The process that runs on the data folder, or null. */
export function lockHolder(dataDir: string): number | null {
  const path = join(dataDir, 'latchkey.lock');
  const mark = existsSync(path) ? readMark(path) : null;
  return mark && isAlive(mark) === true ? mark.pid : null;
}
