import type { Queryable } from '#db/client.ts';
import type { Settings } from '#lib/access/settings.ts';
import { digestSecret } from '#lib/credentials/format.ts';
import { secretsIn } from '#lib/vault/find-keys.ts';
import { recordExposure } from './record-exposure.ts';
import { throttle } from './throttle.ts';

const SEEN_MAX = 10_000;

/**
 * Takes the query strings of calls that were refused for a key in them, and records the keys that are somebody's:
 * addresses stand in the logs of everything on their way. Costs the call nothing: it works beside it, looks up each
 * key once and ten a second at most, and a failure is forgotten; the next such call tells again.
 */
export function queryNotice(database: () => Queryable, settings: Settings): (query: string) => Promise<void> {
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
          { secret, source: 'gateway_query', place: 'The query of a call' },
        );
      } catch {
        seen.delete(digest);
      }
    }
  };
}
