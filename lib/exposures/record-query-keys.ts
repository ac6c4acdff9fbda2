import type { Queryable } from '#db/client.ts';
import type { Settings } from '#lib/access/settings.ts';
import { digestSecret } from '#lib/credentials/format.ts';
import { log } from '#lib/process/log.ts';
import { secretsIn } from '#lib/vault/find-keys.ts';
import { recordExposure } from './record-exposure.ts';
import { throttle } from './throttle.ts';

const SEEN_MAX = 10_000;

/**
 * Records valid keys in the query strings of requests, which are rejected for them: every proxy can log a URL. Runs in
 * the background, looks up each key once and at most ten per second. A failure is logged; the next such request tries
 * again.
 */
export function queryKeyRecorder(
  database: () => Queryable,
  settings: Settings,
): (query: string) => Promise<void> {
  const seen = new Set<string>();
  const may = throttle({ limit: 10, windowMs: 1_000 });
  return async (query) => {
    for (const secret of secretsIn(query)) {
      const digest = Buffer.from(digestSecret(secret)).toString('base64');
      if (seen.has(digest) || !may('all')) continue;
      if (seen.size >= SEEN_MAX) seen.clear();
      seen.add(digest);
      try {
        await recordExposure(
          { db: database(), settings },
          { secret, source: 'gateway_query', place: 'The query string of a request' },
        );
      } catch (error) {
        // The request was rejected anyway, and the next one with this key tries again.
        log.error({ err: error }, 'an exposed key in a query string was not recorded');
        seen.delete(digest);
      }
    }
  };
}
