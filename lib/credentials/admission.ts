import type postgres from 'postgres';
import type { AccessChange } from '#lib/access/epoch.ts';
import type { Environment } from './format.ts';

/** All that admission asks of a credential and of those it belongs to. */
export type AdmissionRecord = {
  readonly id: string;
  readonly keyId: string;
  readonly secretDigest: Uint8Array;
  readonly environment: Environment;
  readonly status: 'active' | 'paused' | 'revoked';
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number | null;
  readonly teamId: string;
  readonly teamApiId: string;
  readonly teamDeleted: boolean;
  /** Calls a UTC day. */
  readonly dailyQuota: number;
  readonly applicationId: string;
  readonly applicationPublicId: string;
  readonly applicationArchived: boolean;
  readonly endpoints: ReadonlySet<string>;
  readonly memberId: string | null;
  readonly memberActive: boolean;
  readonly allowedIps: readonly string[];
  readonly allowedDomains: readonly string[];
};

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
  // Raised by every forgetting: a lookup that began before it may have read what is no longer true.
  let generation = 0;

  function find(keyId: string): AdmissionRecord | null | Promise<AdmissionRecord | null> {
    if (mayUseCache()) {
      const known = cache.get(keyId);
      if (known) return known;
      const underway = pending.get(keyId);
      if (underway) return underway;
    }
    if (pending.size >= maxPending) return Promise.reject(new LookupFailed('too many lookups at once'));
    const lookup = load(keyId).finally(() => {
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
    const [row] = await sql<Row[]>`
      select c.id, c.key_id, c.secret_digest, c.environment, c.status, c.allowed_ips, c.allowed_domains, c.member_id,
             extract(epoch from c.expires_at) * 1000 as expires_at_ms,
             t.id as team_id, t.api_id, t.deleted_at is not null as team_deleted, l.daily_quota,
             a.id as application_id, a.public_id, a.archived_at is not null as application_archived,
             c.member_id is null or m.status = 'active' as member_active,
             array(select endpoint_id from application_endpoints where application_id = a.id) as endpoint_ids
      from credentials c
      join teams t on t.id = c.team_id
      join team_limits l on l.team_id = t.id
      join applications a on a.id = c.application_id
      left join members m on m.id = c.member_id
      where c.key_id = ${keyId}`;
    return row ? fromRow(row) : null;
  }

  function fromRow(row: Row): AdmissionRecord {
    return {
      id: row.id,
      keyId: row.key_id,
      secretDigest: row.secret_digest,
      environment: row.environment,
      status: row.status,
      expiresAtMs: row.expires_at_ms === null ? null : Number(row.expires_at_ms),
      teamId: row.team_id,
      teamApiId: row.api_id,
      teamDeleted: row.team_deleted,
      dailyQuota: row.daily_quota,
      applicationId: row.application_id,
      applicationPublicId: row.public_id,
      applicationArchived: row.application_archived,
      endpoints: shared(row.application_id, row.endpoint_ids),
      memberId: row.member_id,
      memberActive: row.member_active,
      allowedIps: row.allowed_ips,
      allowedDomains: row.allowed_domains,
    };
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
  catalog: null,
} as const;

type Row = {
  id: string;
  key_id: string;
  secret_digest: Uint8Array;
  environment: Environment;
  status: 'active' | 'paused' | 'revoked';
  allowed_ips: string[];
  allowed_domains: string[];
  member_id: string | null;
  expires_at_ms: string | null;
  team_id: string;
  api_id: string;
  team_deleted: boolean;
  daily_quota: number;
  application_id: string;
  public_id: string;
  application_archived: boolean;
  member_active: boolean;
  endpoint_ids: string[];
};

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
