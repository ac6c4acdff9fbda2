import { createHash } from 'node:crypto';
import { and, eq, gt, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { throttleEvents, type throttleKind } from '#db/schema/throttles.ts';

export type Throttle = {
  kind: (typeof throttleKind.enumValues)[number];
  /** What the limit applies to: an email address, a team, or `all`. Only its SHA-256 is stored. */
  key: string;
  limit: number;
  windowSeconds: number;
};

/**
 * Counts an event, unless `limit` events of its kind and key happened within the window. Returns whether it is allowed.
 * Call it in a transaction: the lock keeps the count exact until commit, and an event that is rolled back doesn't count.
 * A caller that takes several keys of a kind takes them in sorted order, so that two callers don't deadlock.
 */
export async function takeThrottle(tx: Queryable, throttle: Throttle): Promise<boolean> {
  const { kind, key, limit } = throttle;
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${kind} ${key}`}, 0))`);
  if ((await throttleCount(tx, throttle)) >= limit) return false;
  await tx.insert(throttleEvents).values({ kind, key: digestOf(key) });
  return true;
}

/** Events within the window. */
export function throttleCount(
  db: Queryable,
  { kind, key, windowSeconds }: Pick<Throttle, 'kind' | 'key' | 'windowSeconds'>,
): Promise<number> {
  return db.$count(
    throttleEvents,
    and(
      eq(throttleEvents.kind, kind),
      eq(throttleEvents.key, digestOf(key)),
      gt(throttleEvents.at, sql`now() - make_interval(secs => ${windowSeconds})`),
    ),
  );
}

const digestOf = (key: string): Uint8Array => createHash('sha256').update(key).digest();
