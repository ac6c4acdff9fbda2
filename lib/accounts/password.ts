import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';

/** argon2id, m = 19 MiB, t = 2, p = 1 (OWASP Password Storage; ASVS 11.4.2). argon2id is the library's default. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const CURRENT = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$/;

/**
 * Hashing shares the process's worker threads with DNS and files, and the machine with the gateway: two at a time, but never
 * on its last core; a few waiting, the rest turned away.
 */
export const AT_ONCE = Math.min(2, Math.max(1, availableParallelism() - 1));
const WAITING_MAX = 64;

export class HashingBusy extends Error {
  override name = 'HashingBusy';
}

let running = 0;
const waiting: (() => void)[] = [];

/** Throws `HashingBusy` when a password would be turned away: for whoever would ask the database before it. */
export function needRoomToHash(): void {
  if (running >= AT_ONCE && waiting.length >= WAITING_MAX) throw new HashingBusy('too many sign-ins at once');
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  needRoomToHash();
  if (running < AT_ONCE) running++;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await work();
  } finally {
    // The place is handed over, not freed: nobody can slip in before the one who was woken.
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(password, COST));

let dummy: Promise<string> | undefined;

/**
 * Whether a password belongs to a stored hash. For an unknown user (null), and for a hash that can't be read, the
 * same work is done and the answer is no: neither shows in the time it takes (ASVS 6.3.8).
 */
export async function passwordMatches(password: string, stored: string | null): Promise<boolean> {
  dummy ??= hashPassword('no account has this password').catch((error) => {
    dummy = undefined; // Else one busy moment would refuse every sign-in until the next start.
    throw error;
  });
  const fallback = await dummy;
  return inTurn(async () => {
    try {
      return (await verify(stored ?? fallback, password)) && stored !== null;
    } catch {
      await verify(fallback, password);
      return false;
    }
  });
}

/** Whether a stored hash was made at a lower cost than today's. */
export function needsRehash(stored: string): boolean {
  const [, memory, time] = CURRENT.exec(stored) ?? [];
  return !memory || Number(memory) < COST.memoryCost || Number(time) < COST.timeCost;
}
