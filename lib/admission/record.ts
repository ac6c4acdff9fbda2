import type { Environment } from '#lib/credentials/format.ts';
import { chainRootText } from '#lib/credentials/key-chain.ts';
import { type DayLimit, dayLimits } from './day-limits.ts';

/** What admission needs to know about a credential, its app, its member and its team. */
export type AdmissionRecord = {
  readonly id: string;
  readonly keyId: string;
  readonly secretDigest: Uint8Array;
  readonly environment: Environment;
  readonly status: 'active' | 'paused' | 'revoked';
  /** Milliseconds since the epoch by the database's clock: its expiration, or an earlier end set by a rotation. */
  readonly expiresAtMs: number | null;
  readonly teamId: string;
  /** The team's public API ID, for the upstream. */
  readonly teamApiId: string;
  readonly teamDeleted: boolean;
  /** Requests per UTC day, for the whole team. */
  readonly dailyQuota: number;
  /** The team's burst limit: requests per window. */
  readonly burstRequests: number;
  readonly burstWindowSeconds: number;
  /** All daily limits that apply, the team's quota last. */
  readonly limits: readonly DayLimit[];
  readonly applicationId: string;
  /** The "App ID", for the upstream. */
  readonly applicationPublicId: string;
  readonly applicationArchived: boolean;
  /** Ids of the connected endpoints. */
  readonly endpoints: ReadonlySet<string>;
  readonly memberId: string | null;
  readonly memberActive: boolean;
  readonly allowedIps: readonly string[];
  readonly allowedDomains: readonly string[];
  /** With allowed domains: whether requests without Origin and Referer are rejected. */
  readonly originRequired: boolean;
};

/**
 * Selects an admission record; append a `where` on `c`. A key that is retired by its successor's first use has no
 * `retires_at` until then. The root of a rotation chain is only needed if there is a limit to share.
 */
export const ADMISSION = `
  select c.id, c.key_id, c.secret_digest, c.environment, c.status, c.allowed_ips, c.allowed_domains, c.origin_required, c.member_id,
         extract(epoch from least(c.expires_at, c.retires_at)) * 1000 as expires_at_ms,
         t.id as team_id, t.api_id, t.deleted_at is not null as team_deleted, t.production_reserve,
         l.daily_quota, l.burst_requests, l.burst_window_seconds,
         a.id as application_id, a.public_id, a.archived_at is not null as application_archived, a.daily_cap as application_cap,
         c.member_id is null or m.status = 'active' as member_active, m.daily_cap as member_cap,
         c.daily_limit,
         case when c.daily_limit is null then c.id else (
           ${chainRootText('c.id')}) end as root_id,
         array(select endpoint_id from application_endpoints where application_id = a.id) as endpoint_ids
  from credentials c
  join teams t on t.id = c.team_id
  join team_limits l on l.team_id = t.id
  join applications a on a.id = c.application_id
  left join members m on m.id = c.member_id`;

export type AdmissionRow = {
  id: string;
  key_id: string;
  secret_digest: Uint8Array;
  environment: Environment;
  status: 'active' | 'paused' | 'revoked';
  allowed_ips: string[];
  allowed_domains: string[];
  origin_required: boolean;
  member_id: string | null;
  expires_at_ms: string | null;
  team_id: string;
  api_id: string;
  team_deleted: boolean;
  daily_quota: number;
  burst_requests: number;
  burst_window_seconds: number;
  production_reserve: number;
  application_cap: number | null;
  member_cap: number | null;
  daily_limit: number | null;
  root_id: string;
  application_id: string;
  public_id: string;
  application_archived: boolean;
  member_active: boolean;
  endpoint_ids: string[];
};

export function recordOf(row: AdmissionRow, endpoints: ReadonlySet<string>): AdmissionRecord {
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
    burstRequests: row.burst_requests,
    burstWindowSeconds: row.burst_window_seconds,
    limits: dayLimits({
      environment: row.environment,
      teamId: row.team_id,
      applicationId: row.application_id,
      memberId: row.member_id,
      dailyQuota: row.daily_quota,
      productionReserve: row.production_reserve,
      applicationCap: row.application_cap,
      memberCap: row.member_cap,
      dailyLimit: row.daily_limit,
      rootId: row.root_id,
    }),
    applicationId: row.application_id,
    applicationPublicId: row.public_id,
    applicationArchived: row.application_archived,
    endpoints,
    memberId: row.member_id,
    memberActive: row.member_active,
    allowedIps: row.allowed_ips,
    allowedDomains: row.allowed_domains,
    originRequired: row.origin_required,
  };
}
