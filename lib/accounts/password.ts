import { hash, verify } from '@node-rs/argon2';
import { inTurn } from './hashing-queue.ts';

/** argon2id, m = 19 MiB, t = 2, p = 1 (OWASP Password Storage; ASVS 11.4.2). argon2id is the library's default. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const CURRENT = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$/;

export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(password, COST));

let dummy: Promise<string> | undefined;

/**
 * Whether a password matches a stored hash. For an unknown user (null) and for an unreadable hash, the same work is
 * done and the result is false, so the response time reveals neither (ASVS 6.3.8).
 */
export async function passwordMatches(password: string, stored: string | null): Promise<boolean> {
  dummy ??= hashPassword('no account has this password').catch((error) => {
    dummy = undefined; // Otherwise one busy moment would reject every sign-in until the next start.
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
