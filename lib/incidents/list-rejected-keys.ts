import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import type { Member } from '#lib/access/member.ts';
import { credentialScope } from '#lib/credentials/credential-scope.ts';
import { type CredentialStatus, credentialStatus } from '#lib/credentials/credential-status.ts';
import type { Environment } from '#lib/credentials/format.ts';
import { recentCalls } from '#lib/credentials/list-callers.ts';

/** Why a request with an inactive key was rejected. */
const INACTIVE_REASONS = [
  'credential_revoked',
  'credential_expired',
  'credential_paused',
  'member_suspended',
] as const;
const DAYS = 7;
const KEYS_MAX = 100;

export type RejectedKey = {
  keyId: string;
  name: string;
  environment: Environment;
  status: CredentialStatus;
  appTitle: string;
  /** Rejected in the last 24 hours and 7 days, of the latest 10,000 requests. */
  day: number;
  week: number;
  addresses: string[];
  addressCount: number;
  userAgents: string[];
  lastAt: Date;
  /** The open incident about this key. */
  incidentId: string | null;
};

/**
 * Revoked, expired, paused and suspended keys that were used in the last 7 days, latest first. Members see only their
 * own. The daily sums select the keys.
 */
export async function listRejectedKeys({
  db,
  member,
}: {
  db: Queryable;
  member: Member;
}): Promise<RejectedKey[]> {
  const mine = credentialScope(member, 'credential.view');
  const since = new Date(Date.now() - DAYS * 86_400_000);
  const rows = await db.execute<Row>(sql`
    select ${credentials}.key_id, ${credentials}.name, ${credentials}.environment, ${credentialStatus} as status,
           a.title as app_title, rejected.*,
           (select public_id from incidents i where i.credential_id = ${credentials}.id and i.closed_at is null) as incident_id
    from ${credentials}
    join applications a on a.id = ${credentials}.application_id
    cross join lateral (
      select coalesce(sum(requests) filter (where at >= now() - interval '24 hours'), 0)::int as day,
             coalesce(sum(requests), 0)::int as week, max(at) as last_at,
             count(distinct nullif(client_ip, ''))::int as address_count,
             coalesce((array_agg(distinct client_ip) filter (where client_ip <> ''))[1:5], '{}') as addresses,
             coalesce((array_agg(distinct user_agent) filter (where user_agent <> ''))[1:3], '{}') as user_agents
      from (${recentCalls(sql`${credentials}.id`, since)}) as calls
      where outcome = 'refused' and reason in ${INACTIVE_REASONS}
    ) as rejected
    where ${mine} and rejected.week > 0 and exists (
      select 1 from usage_daily d where d.credential_id = ${credentials}.id and d.refused > 0
        and d.day >= (now() at time zone 'utc')::date - ${DAYS}::int)
    order by rejected.last_at desc limit ${KEYS_MAX}`);
  return rows.map((row) => ({
    ...{ keyId: row.key_id, name: row.name, environment: row.environment, status: row.status },
    ...{ appTitle: row.app_title, day: row.day, week: row.week, lastAt: new Date(row.last_at) },
    ...{ addresses: row.addresses, addressCount: row.address_count, userAgents: row.user_agents },
    incidentId: row.incident_id,
  }));
}

type Row = {
  key_id: string;
  name: string;
  environment: Environment;
  status: CredentialStatus;
  app_title: string;
  day: number;
  week: number;
  addresses: string[];
  address_count: number;
  user_agents: string[];
  last_at: string;
  incident_id: string | null;
};
