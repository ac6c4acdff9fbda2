import { and, eq, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import { log } from '#lib/process/log.ts';
import { throttle } from './throttle.ts';

const SEEN_MAX = 10_000;
const HOUR_MS = 3_600_000;

/**
 * Records that a key was used on a web page. Runs in the background, at most once an hour per key and ten times per second.
 * A failure is logged; the next such request tries again.
 */
export function pageUseRecorder(
  database: () => Queryable,
): (credential: { id: string; teamId: string }, origin: string) => Promise<void> {
  const seen = new Map<string, number>();
  const may = throttle({ limit: 10, windowMs: 1_000 });
  return async ({ id, teamId }, origin) => {
    const now = performance.now();
    if (now - (seen.get(id) ?? Number.NEGATIVE_INFINITY) < HOUR_MS || !may('all')) return;
    if (seen.size >= SEEN_MAX) seen.clear();
    seen.set(id, now);
    try {
      await database()
        .update(credentials)
        .set({ pageOrigin: origin, pageUsedAt: sql`now()` })
        .where(and(eq(credentials.id, id), eq(credentials.teamId, teamId)));
    } catch (error) {
      log.error({ err: error }, 'The use of a key on a web page was not recorded');
      seen.delete(id);
    }
  };
}
