import { availableParallelism } from 'node:os';
import { slot } from '#lib/process/slot.ts';

/**
 * Hashing shares worker threads with DNS and file access, and cores with the gateway. So at most two hashes run at once,
 * never on the last core. Some can wait, and the rest are rejected.
 */
export const AT_ONCE = Math.min(2, Math.max(1, availableParallelism() - 1));
const WAITING_MAX = 64;

export class HashingBusy extends Error {
  override name = 'HashingBusy';
}

type Queue = { running: number; waiting: (() => void)[] };

const queue = (): Queue => slot('hashing', () => ({ running: 0, waiting: [] }));

/** Whether a password would be hashed, either immediately or after waiting. */
export function hasRoomToHash(): boolean {
  const { running, waiting } = queue();
  return running < AT_ONCE || waiting.length < WAITING_MAX;
}

/** Throws `HashingBusy` if a password would be rejected. Call this before querying the database. */
export function needRoomToHash(): void {
  if (!hasRoomToHash()) throw new HashingBusy('too many sign-ins at once');
}

/** Runs work that hashes once there is capacity. Throws `HashingBusy` if too many are waiting. */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  needRoomToHash();
  const own = queue();
  if (own.running < AT_ONCE) own.running++;
  else await new Promise<void>((resolve) => own.waiting.push(resolve));
  try {
    return await work();
  } finally {
    // The slot is passed to the next in line without being freed, so nobody can take it in between.
    const next = own.waiting.shift();
    if (next) next();
    else own.running--;
  }
}
