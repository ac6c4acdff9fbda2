import { slot } from '#lib/process/slot.ts';

type End = (reason: 'elsewhere') => void;

/** Live views of one person at a time; opening one more ends his oldest. Browsers keep six connections to a site. */
export const TAILS_PER_PERSON = 3;
/** Each looks at the database once a second. */
export const TAILS_MAX = 200;

const tails = () => slot('tails', () => new Map<string, Set<End>>());

export function isFull(): boolean {
  let open = 0;
  for (const ends of tails().values()) open += ends.size;
  return open >= TAILS_MAX;
}

/** Keeps a person's live view until the answer is called. */
export function keepTail(userId: string, end: End): () => void {
  const own = tails().get(userId) ?? new Set<End>();
  tails().set(userId, own);
  own.add(end);
  for (const oldest of own) {
    if (own.size <= TAILS_PER_PERSON) break;
    own.delete(oldest);
    oldest('elsewhere');
  }
  return () => {
    own.delete(end);
    if (own.size === 0 && tails().get(userId) === own) tails().delete(userId);
  };
}
