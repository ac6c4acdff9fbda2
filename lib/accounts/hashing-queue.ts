import { availableParallelism } from 'node:os';
import { slot } from '#lib/process/slot.ts';

/**
 * Hashing shares the process's worker threads with DNS and files, and the machine with the gateway: two at a time, but never
 * on its last core; a few waiting, the rest turned away.
 */
export const AT_ONCE = Math.min(2, Math.max(1, availableParallelism() - 1));
const WAITING_MAX = 64;

export class HashingBusy extends Error {
  override name = 'HashingBusy';
}

type Queue = { running: number; waiting: (() => void)[] };

const queue = (): Queue => slot('hashing', () => ({ running: 0, waiting: [] }));

/** Whether a password would be hashed, at once or after a wait. */
export function hasRoomToHash(): boolean {
  const { running, waiting } = queue();
  return running < AT_ONCE || waiting.length < WAITING_MAX;
}

/** Throws `HashingBusy` when a password would be turned away: for whoever would ask the database before it. */
export function needRoomToHash(): void {
  if (!hasRoomToHash()) throw new HashingBusy('too many sign-ins at once');
}

/** Runs a piece of work that hashes, when it is its turn. Throws `HashingBusy` when too many wait. */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  needRoomToHash();
  const own = queue();
  if (own.running < AT_ONCE) own.running++;
  else await new Promise<void>((resolve) => own.waiting.push(resolve));
  try {
    return await work();
  } finally {
    // The place is handed over, not freed: nobody can slip in before the one who is woken.
    const next = own.waiting.shift();
    if (next) next();
    else own.running--;
  }
}
