import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { log } from '#lib/process/log.ts';

/** The published key with an identifier. `unavailable`: they could not be fetched, and none are cached. */
export type PublicKeys = (identifier: string) => Promise<KeyObject | 'unknown' | 'unavailable'>;

const Published = z.object({
  public_keys: z
    .array(z.object({ key_identifier: z.string().max(200), key: z.string().max(5_000) }))
    .max(100),
});

const TIMEOUT_MS = 5_000;
const FRESH_MS = 60 * 60_000;
/** Long enough to survive an outage of GitHub, short enough that a withdrawn key stops being accepted. */
const STALE_MS = 24 * 60 * 60_000;
/** Unknown identifiers cause at most one fetch per this time. */
const GAP_MS = 60_000;

/**
 * The keys that GitHub signs its reports with. Fetched when first needed, cached for an hour, and fetched again for an
 * unknown identifier, at most once a minute.
 */
export function githubKeys(url: string, now: () => number = Date.now): PublicKeys {
  let known = new Map<string, KeyObject>();
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let pending: Promise<void> | null = null;

  async function fetchOnce(): Promise<void> {
    try {
      known = await fetchKeys(url);
      fetchedAt = now();
    } catch (error) {
      // Cached keys are used for a day; after that, reports are rejected and GitHub sends them again.
      log.warn({ err: error }, "GitHub's public keys for secret scanning can't be fetched");
    } finally {
      pending = null;
    }
  }

  function refresh(): Promise<void> {
    if (pending) return pending;
    if (now() - attemptedAt < GAP_MS) return Promise.resolve();
    attemptedAt = now();
    pending = fetchOnce();
    return pending;
  }

  return async (identifier) => {
    const isFresh = now() - fetchedAt < FRESH_MS;
    if (!isFresh || !known.has(identifier)) await refresh();
    if (now() - fetchedAt >= STALE_MS) return 'unavailable';
    return known.get(identifier) ?? 'unknown';
  };
}

async function fetchKeys(url: string): Promise<Map<string, KeyObject>> {
  const response = await fetch(url, {
    headers: { accept: 'application/json', 'user-agent': 'latchkey' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const { public_keys } = Published.parse(await response.json());
  return new Map(public_keys.flatMap(({ key_identifier, key }) => entryOf(key_identifier, key)));
}

/** Only ECDSA keys on P-256, as GitHub documents. */
function entryOf(identifier: string, pem: string): [string, KeyObject][] {
  try {
    const key = createPublicKey(pem);
    const isP256 = key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
    return isP256 ? [[identifier, key]] : [];
  } catch {
    return [];
  }
}
