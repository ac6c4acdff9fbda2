import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import type { exposureSource } from '#db/schema/credentials.ts';
import { type Environment, sharedKeyOf } from '#lib/credentials/format.ts';
import type { FindingKey } from './finding.ts';

/** The keys of a team, or only those of one member. */
export type Scope = { teamId: string; ownedBy: string | null };

/** Facts about each key of a team that isn't revoked. Reads daily sums, so the cost doesn't depend on the traffic. */
export async function readKeyFacts(db: Queryable, { teamId, ownedBy }: Scope) {
  const rows = await db.execute<Row>(sql`
    select c.id, c.key_id, c.name, c.environment, a.title as application, c.member_id, c.created_at, c.expires_at,
      least(c.expires_at, c.retires_at) as ends_at, c.status = 'active' as active, c.exposed_at,
      case when c.page_used_at > now() - interval '30 days' then c.page_used_at end as page_used_at, c.page_origin,
      coalesce(least(c.expires_at, c.retires_at) <= now(), false) as ended,
      exists (select 1 from credentials s where s.id = c.successor_id and s.status <> 'revoked'
        and coalesce(least(s.expires_at, s.retires_at) > now(), true)) as replaced,
      cardinality(c.allowed_ips) > 0 as limited_to_ips,
      case c.environment when 'development' then t.rotation_days_development
        when 'staging' then t.rotation_days_staging else t.rotation_days_production end as rotation_days,
      floor(extract(epoch from now() - c.created_at) / 86400)::int as age_days,
      used.last_used_at as used_at,
      floor(extract(epoch from now() - coalesce(used.last_used_at, c.created_at)) / 86400)::int as idle_days,
      ceil(extract(epoch from least(c.expires_at, c.retires_at) - now()) / 3600)::int as hours_left,
      late.refused as late_calls, late.last_at as late_at, late.addresses as late_from, exposure.source as exposed_by, exposure.place as exposed_in
    from credentials c
    join applications a on a.id = c.application_id and a.archived_at is null
    join teams t on t.id = c.team_id
    left join lateral (
      select last_used_at from usage_daily d where d.credential_id = c.id and d.last_used_at is not null order by d.day desc limit 1
    ) used on true
    left join lateral (
      select sum(d.refused)::int as refused, max(d.last_at) as last_at, (
        select (array_agg(distinct u.client_ip))[:3] from usage_clients u
        where u.credential_id = c.id and u.refused > 0 and u.last_at > least(c.expires_at, c.retires_at)
          and u.day >= (now() at time zone 'utc')::date - 30) as addresses
      from usage_daily d
      where d.credential_id = c.id and d.refused > 0 and d.last_at > least(c.expires_at, c.retires_at)
        and d.day >= (now() at time zone 'utc')::date - 30
    ) late on least(c.expires_at, c.retires_at) <= now()
    left join lateral (
      select source, place from credential_exposures e where e.credential_id = c.id order by e.id desc limit 1
    ) exposure on c.exposed_at is not null
    where c.team_id = ${teamId} and c.status <> 'revoked'
      and ${ownedBy === null ? sql`true` : sql`c.member_id = ${ownedBy}`}
    order by c.id`);
  return rows.map(factsOf);
}

export type KeyFacts = ReturnType<typeof factsOf>;

type Row = {
  id: string;
  key_id: string;
  name: string;
  environment: Environment;
  application: string;
  member_id: string | null;
  created_at: string;
  expires_at: string | null;
  ends_at: string | null;
  active: boolean;
  exposed_at: string | null;
  page_used_at: string | null;
  page_origin: string | null;
  ended: boolean;
  replaced: boolean;
  limited_to_ips: boolean;
  rotation_days: number | null;
  age_days: number;
  used_at: string | null;
  idle_days: number;
  hours_left: number | null;
  late_calls: number | null;
  late_at: string | null;
  late_from: string[] | null;
  exposed_by: (typeof exposureSource.enumValues)[number] | null;
  exposed_in: string | null;
};

function factsOf(row: Row) {
  const subject: FindingKey = {
    type: 'key',
    keyId: row.key_id,
    name: row.name,
    sharedKey: sharedKeyOf(row.environment, row.key_id),
    environment: row.environment,
    application: row.application,
  };
  return {
    id: row.id,
    subject,
    memberId: row.member_id,
    createdAt: new Date(row.created_at),
    expiresAt: dateOf(row.expires_at),
    endsAt: dateOf(row.ends_at),
    ended: row.ended,
    hoursLeft: row.hours_left,
    /** Not paused. */
    active: row.active,
    /** A rotation created a successor that works, so the key is meant to expire. */
    replaced: row.replaced,
    exposedAt: dateOf(row.exposed_at),
    /** When a browser last sent it, in the last 30 days, and from which site. */
    pageUsedAt: dateOf(row.page_used_at),
    pageOrigin: row.page_origin,
    limitedToIps: row.limited_to_ips,
    rotationDays: row.rotation_days,
    ageDays: row.age_days,
    /** The last request that counted toward the quota. */
    usedAt: dateOf(row.used_at),
    /** Days since the last use, or since the key was created. */
    idleDays: row.idle_days,
    /** Requests in the last 30 days that were rejected because the key had expired. */
    lateCalls: row.late_calls ?? 0,
    lateAt: dateOf(row.late_at),
    /** Some of the addresses of those requests. */
    lateFrom: row.late_from ?? [],
    /** How and where the key was last found exposed. */
    exposedBy: row.exposed_by,
    exposedIn: row.exposed_in || null,
  };
}

export const dateOf = (text: string | null): Date | null => (text === null ? null : new Date(text));
