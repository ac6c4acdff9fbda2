import type postgres from 'postgres';
import type { AccessChange } from '#lib/access/epoch.ts';
import { ADMISSION, type AdmissionRecord, type AdmissionRow, recordOf } from './record.ts';

/** The lookup could not be made in time. */
export class LookupFailed extends Error {
  override name = 'LookupFailed';
}

type Options = {
  sql: postgres.Sql;
  /** Whether this process holds a live lease, and so may answer from memory. */
  mayUseCache: () => boolean;
  maxEntries?: number;
  timeoutMs?: number;
  /** Lookups waiting at once; beyond it callers are told to come back. */
  maxPending?: number;
};

/**
 * Credentials as a gateway process sees them: from memory while its lease lives, else from the database at
 * every call. An entry leaves when its change is announced, so a cached one is as good as a fresh one.
 */
export function openAdmission({
  sql,
  mayUseCache,
  maxEntries = 100_000,
  timeoutMs = 2_000,
  maxPending = 500,
}: Options) {
  const cache = new Map<string, AdmissionRecord>();
  const endpointSets = new Map<string, ReadonlySet<string>>();
  const pending = new Map<string, Promise<AdmissionRecord | null>>();
  // Without the cache calls about one key do not share a lookup, so these are counted apart from `pending`.
  let underWay = 0;
  // Raised by every forgetting: a lookup that began before it may have read what is no longer true.
  let generation = 0;

  function find(keyId: string): AdmissionRecord | null | Promise<AdmissionRecord | null> {
    if (mayUseCache()) {
      const known = cache.get(keyId);
      if (known) return known;
      const same = pending.get(keyId);
      if (same) return same;
    }
    if (underWay >= maxPending) return Promise.reject(new LookupFailed('too many lookups at once'));
    underWay++;
    const lookup = load(keyId).finally(() => {
      underWay--;
      if (pending.get(keyId) === lookup) pending.delete(keyId);
    });
    pending.set(keyId, lookup);
    return lookup;
  }

  async function load(keyId: string): Promise<AdmissionRecord | null> {
    for (;;) {
      const before = generation;
      const record = await within(timeoutMs, query(keyId));
      if (before !== generation) continue;
      if (record && mayUseCache()) remember(record);
      return record;
    }
  }

  function remember(record: AdmissionRecord): void {
    // A full cache drops its oldest entry; unknown keys are never kept, so they can't push known ones out.
    if (cache.size >= maxEntries) cache.delete(cache.keys().next().value!);
    cache.set(record.keyId, record);
  }

  async function query(keyId: string): Promise<AdmissionRecord | null> {
    const [row] = await sql<AdmissionRow[]>`${sql.unsafe(ADMISSION)} where c.key_id = ${keyId}`;
    return row ? recordOf(row, shared(row.application_id, row.endpoint_ids)) : null;
  }

  /** One set an application, however many of its keys are cached: an application may have a thousand endpoints. */
  function shared(applicationId: string, ids: string[]): ReadonlySet<string> {
    const known = endpointSets.get(applicationId);
    if (known && known.size === ids.length && ids.every((id) => known.has(id))) return known;
    if (endpointSets.size >= maxEntries) endpointSets.clear();
    const fresh = new Set(ids);
    endpointSets.set(applicationId, fresh);
    return fresh;
  }

  function forget(change: AccessChange): void {
    if (change.kind === 'plan') return forgetAll(); // Which teams are on it, no entry says.
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
    endpointSets.clear();
  }

  return { find, forget, forgetAll, size: () => cache.size };
}

const FIELD = {
  credential: 'id',
  application: 'applicationId',
  member: 'memberId',
  team: 'teamId',
  plan: null,
  catalog: null,
} as const;

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LookupFailed(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, tooLate]);
  } catch (error) {
    throw error instanceof LookupFailed
      ? error
      : new LookupFailed('the database did not answer', { cause: error });
  } finally {
    clearTimeout(timer);
    work.catch(() => {}); // A lookup given up on may still fail later; nobody waits for it.
  }
}
