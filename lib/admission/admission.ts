import type postgres from 'postgres';
import type { AccessChange } from '#lib/access/epoch.ts';
import { within } from '#lib/process/within.ts';
import { ADMISSION, type AdmissionRecord, type AdmissionRow, recordOf } from './record.ts';

/** The lookup could not be made in time. */
export class LookupFailed extends Error {
  override name = 'LookupFailed';
}

type Options = {
  sql: postgres.Sql;
  /** Whether this process holds a live lease, and so may use its cache. */
  mayUseCache: () => boolean;
  /** Whether the database is known to respond. If not, lookups fail at once instead of waiting for their timeout. */
  isReachable?: () => boolean;
  maxEntries?: number;
  timeoutMs?: number;
  /** Concurrent lookups. Above it, lookups fail at once. */
  maxPending?: number;
};

/** No key ID looks like this. */
const NO_KEY_ID = '-';

/**
 * Credentials as a gateway process sees them: from the cache while its lease is live, otherwise from the database. An entry
 * is removed when its change is announced, so a cached one is as good as a fresh one.
 */
export function openAdmission({
  sql,
  mayUseCache,
  isReachable = () => true,
  maxEntries = 100_000,
  timeoutMs = 2_000,
  maxPending = 500,
}: Options) {
  const cache = new Map<string, AdmissionRecord>();
  const sharedSet = endpointSets(maxEntries);
  const pending = new Map<string, Promise<AdmissionRecord | null>>();
  // Counted separately from `pending`: without the cache, requests for one key don't share a lookup.
  let underWay = 0;
  // Raised by every change: a lookup that started before may have read what is no longer true.
  let generation = 0;

  function find(keyId: string): AdmissionRecord | null | Promise<AdmissionRecord | null> {
    if (mayUseCache()) {
      const known = cache.get(keyId);
      if (known) return known;
      const same = pending.get(keyId);
      if (same) return same;
    }
    const lookup = bounded(() => load(keyId)).finally(() => {
      if (pending.get(keyId) === lookup) pending.delete(keyId);
    });
    pending.set(keyId, lookup);
    return lookup;
  }

  const lookUp = (keyId: string) =>
    within(timeoutMs, query(keyId), LookupFailed, 'the database did not respond');

  /** Does the same work as `find` for an unknown key ID. */
  async function findNone(): Promise<void> {
    await bounded(() => lookUp(NO_KEY_ID));
  }

  async function bounded<T>(lookup: () => Promise<T>): Promise<T> {
    if (!isReachable()) throw new LookupFailed('the database is unreachable');
    if (underWay >= maxPending) throw new LookupFailed('too many lookups at once');
    underWay++;
    try {
      return await lookup();
    } finally {
      underWay--;
    }
  }

  async function load(keyId: string): Promise<AdmissionRecord | null> {
    for (;;) {
      const before = generation;
      const record = await lookUp(keyId);
      if (before !== generation) continue;
      if (record && mayUseCache()) remember(record);
      return record;
    }
  }

  function remember(record: AdmissionRecord): void {
    // A full cache drops its oldest entry. Unknown keys are never cached, so they can't push out known ones.
    if (cache.size >= maxEntries) cache.delete(cache.keys().next().value!);
    cache.set(record.keyId, record);
  }

  async function query(keyId: string): Promise<AdmissionRecord | null> {
    const [row] = await sql<AdmissionRow[]>`${sql.unsafe(ADMISSION)} where c.key_id = ${keyId}`;
    return row ? recordOf(row, sharedSet.of(row.application_id, row.endpoint_ids)) : null;
  }

  function forget(change: AccessChange): void {
    if (change.kind === 'plan') return forgetAll(); // Entries don't know their team's plan.
    generation++;
    pending.clear();
    const field = FIELD[change.kind];
    if (!field) return;
    for (const [keyId, record] of cache) if (record[field] === change.id) cache.delete(keyId);
  }

  function forgetAll(): void {
    generation++;
    pending.clear();
    cache.clear();
    sharedSet.clear();
  }

  return { find, findNone, forget, forgetAll, size: () => cache.size };
}

const FIELD = {
  credential: 'id',
  application: 'applicationId',
  member: 'memberId',
  team: 'teamId',
  plan: null,
  catalog: null,
} as const;

/** One set per app, shared by all of its cached keys: an app may have a thousand endpoints. */
function endpointSets(maxEntries: number) {
  const sets = new Map<string, ReadonlySet<string>>();
  return {
    of(applicationId: string, ids: string[]): ReadonlySet<string> {
      const known = sets.get(applicationId);
      if (known && known.size === ids.length && ids.every((id) => known.has(id))) return known;
      if (sets.size >= maxEntries) sets.clear();
      const fresh = new Set(ids);
      sets.set(applicationId, fresh);
      return fresh;
    },
    clear: () => sets.clear(),
  };
}
