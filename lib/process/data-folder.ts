import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, processMark, readMark } from './identity.ts';

/** Permissions that only the owner and the group ever get. */
const OTHERS = 0o007;
/** Private folders and files in the data folder. */
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

/** Creates the data folder for its owner only. If it exists, others lose their access. */
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
 * Locks the data folder, because two installations can't share it: both would run its embedded database. Returns a
 * function that releases it. The lock of a process that has stopped is taken over.
 */
export function lockDataFolder(dataDir: string): () => void {
  const path = join(dataDir, 'latchkey.lock');
  secureDataFolder(dataDir);
  for (;;) {
    try {
      // `wx`: if two processes start at the same time, one gets the lock.
      writeFileSync(path, JSON.stringify(processMark()), { flag: 'wx', mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // node:fs only throws this kind.
    }
    const holder = lockHolder(dataDir);
    if (holder !== null)
      throw new DataFolderInUse(
        `Latchkey is already running on ${dataDir} (process ${holder}). Stop it, or set another DATA_DIR.`,
      );
    rmSync(path, { force: true });
  }
}

/** The process that uses the data folder, or null. */
export function lockHolder(dataDir: string): number | null {
  const path = join(dataDir, 'latchkey.lock');
  const mark = existsSync(path) ? readMark(path) : null;
  return mark && isAlive(mark) === true ? mark.pid : null;
}
