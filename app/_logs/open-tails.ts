import { slot } from '#lib/process/slot.ts';

type End = (reason: 'elsewhere') => void;

/** Live views per person. Opening another one ends the oldest: browsers allow six connections per site. */
export const TAILS_PER_PERSON = 3;
/** Live views per process. Each polls the database once a second. */
export const TAILS_MAX = 200;

const tails = () => slot('tails', () => new Map<string, Set<End>>());

export function isFull(): boolean {
  let open = 0;
  for (const ends of tails().values()) open += ends.size;
  return open >= TAILS_MAX;
}

/** Registers a person's live view. Call the returned function when it ends. */
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
