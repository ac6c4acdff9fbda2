import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { firstIdAt } from '#lib/credentials/list-callers.ts';
import type { Scope } from './read-key-facts.ts';

/** Loopback, private, link-local, shared (RFC 6598) and unique local addresses, in their recorded form. */
const PRIVATE =
  '^(10\\.|127\\.|192\\.168\\.|169\\.254\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|100\\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\\.|::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)';

/** Active keys without a successor and without allowed IP addresses. */
const unrestricted = ({ teamId, ownedBy }: Scope) => sql`
  c.team_id = ${teamId} and c.status = 'active' and c.successor_id is null and cardinality(c.allowed_ips) = 0
  and coalesce(c.expires_at > now(), true) and ${ownedBy === null ? sql`true` : sql`c.member_id = ${ownedBy}`}`;

const today = sql`(now() at time zone 'utc')::date`;

type PrivateUse = {
  id: string;
  calls: number;
  addresses: string[];
  first_at: string;
  last_at: string;
};

/** Production keys used from private addresses in the last 30 days. */
export function findPrivateUse(db: Queryable, scope: Scope) {
  return db.execute<PrivateUse>(sql`
    select c.id, sum(u.calls - u.refused)::int as calls, min(u.first_at) as first_at, max(u.last_at) as last_at,
      (array_agg(distinct u.client_ip))[:3] as addresses
    from credentials c join usage_clients u on u.credential_id = c.id
    where ${unrestricted(scope)} and c.environment = 'production' and u.day >= ${today} - 30
      and u.calls > u.refused and u.client_ip ~ ${PRIVATE}
    group by c.id`);
}

/** The /24 or /48 network of an address; null if it isn't an address. */
const network = sql`case
  when u.client_ip ~ '^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+$' then regexp_replace(u.client_ip, '[0-9]+$', '0/24')
  when u.client_ip ~ '^[0-9a-f:]+:[0-9a-f:]*$' then network(set_masklen(u.client_ip::inet, 48))::text end`;

type NewNetwork = { id: string; network: string; address: string; calls: number; first_at: string };

/**
 * The newest network per key that the key was first used from in the last 7 days. Only for keys older than a week that
 * were used from other networks in the 30 days before.
 */
export function findNewNetworks(db: Queryable, scope: Scope) {
  return db.execute<NewNetwork>(sql`
    with seen as materialized (
      select c.id, ${network} as network, min(u.first_at) as first_at,
        sum(u.calls - u.refused)::int as calls, max(u.client_ip) as address
      from credentials c join usage_clients u on u.credential_id = c.id
      where ${unrestricted(scope)} and c.created_at < now() - interval '168 hours'
        and u.day >= ${today} - 7 and u.calls > u.refused
      group by c.id, 2)
    select distinct on (seen.id) seen.id, seen.network, seen.address, seen.calls, seen.first_at
    from seen
    cross join lateral (
      select bool_or(${network} = seen.network) as known from usage_clients u
      where u.credential_id = seen.id and u.calls > u.refused and u.first_at < seen.first_at
        and u.day between (seen.first_at at time zone 'utc')::date - 30 and (seen.first_at at time zone 'utc')::date
    ) before
    where seen.network is not null and seen.first_at > now() - interval '168 hours' and before.known = false
    order by seen.id, seen.first_at desc`);
}

/** How many keys that share an address are compared, and how many recent requests of each. */
const CANDIDATES = 40;
const REQUESTS = 100;

type SharedClient = {
  id: string;
  development_name: string;
  client_ip: string;
  user_agent: string;
  calls: number;
  first_at: string;
  last_at: string;
};

/**
 * Production keys that shared an address and user agent with a Development key in the last 7 days. Compares addresses
 * first, then the latest requests of the few keys that share one.
 */
export function findSharedClients(db: Queryable, { teamId, ownedBy }: Scope) {
  return db.execute<SharedClient>(sql`
    with used as (
      select c.id, c.environment, c.name, c.member_id, u.client_ip, max(u.last_at) as last_at
      from usage_clients u join credentials c on c.id = u.credential_id
      where u.team_id = ${teamId} and u.day >= ${today} - 7 and u.calls > u.refused and u.client_ip <> ''
        and c.environment in ('development', 'production') and c.status = 'active' and c.successor_id is null
        and coalesce(c.expires_at > now(), true)
      group by c.id, u.client_ip
    ), shared as (
      select client_ip from used group by client_ip having count(distinct environment) = 2
      order by max(last_at) desc limit ${CANDIDATES}
    ), addresses as materialized (select coalesce(array_agg(client_ip), '{}') as list from shared
    ), candidates as materialized (
      select distinct id, environment, name, member_id from used where client_ip = any((select list from addresses)::text[])
      limit ${2 * CANDIDATES}
    ), clients as (
      select k.id, k.environment, k.name, k.member_id, r.client_ip, r.user_agent, count(*)::int as calls,
        min(r.at) as first_at, max(r.at) as last_at
      from candidates k cross join lateral (
        select client_ip, user_agent, at, outcome from usage_records
        where credential_id = k.id and id >= ${firstIdAt(sql`now() - interval '168 hours'`)}
        order by id desc limit ${REQUESTS}) as r
      where r.outcome <> 'refused' and r.client_ip = any((select list from addresses)::text[])
      group by 1, 2, 3, 4, 5, 6)
    select distinct on (p.id) p.id, d.name as development_name, p.client_ip, p.user_agent, p.calls,
      greatest(p.first_at, d.first_at) as first_at, greatest(p.last_at, d.last_at) as last_at
    from clients p join clients d using (client_ip, user_agent)
    where p.environment = 'production' and d.environment = 'development'
      and ${ownedBy === null ? sql`true` : sql`p.member_id = ${ownedBy} and d.member_id = ${ownedBy}`}
    order by p.id, greatest(p.last_at, d.last_at) desc`);
}
