import { parseArgs } from 'node:util';
import type postgres from 'postgres';
import { connect } from '../db/client.ts';
import { migrate } from '../db/migrate.ts';
import { indexClosedDays } from '../lib/metering/partitions.ts';
import { ADD_UP, CHANGED } from '../lib/metering/rollups.ts';

/**
 * Fills a migrated, empty database with teams and their usage up to now: rows, rollups, callers, daily sums and quota
 * counters, all consistent. Few teams send most requests: the first of a thousand sends a tenth of them.
 */
export type UsageSeed = { teams: number; rows: number; days: number };

export const KEYS_PER_TEAM = 10;
export const MEMBERS_PER_TEAM = 5;
export const ENDPOINTS = 40;
const NODE = '019a0000-0000-7000-8000-00000000b0de';

export async function seedUsage(
  url: string,
  { teams, rows, days }: UsageSeed,
  say: (line: string) => void = () => {},
): Promise<void> {
  await migrate(url);
  const { db, sql } = connect(url, { max: 3, statementTimeoutMs: 0 });
  try {
    await seedHolders(sql, teams);
    const left = Array.from({ length: days }, (_, age) => age);
    const work = async () => {
      for (let age = left.shift(); age !== undefined; age = left.shift()) {
        const began = performance.now();
        await seedDay(sql, age, Math.round(rows / days), teams);
        say(`day ${age} ago: ${((performance.now() - began) / 1000).toFixed(1)} s`);
      }
    };
    await Promise.all([work(), work()]);
    await sql`drop table seed_keys`;
    const began = performance.now();
    await indexClosedDays(db);
    say(`indexes of the days that are over: ${((performance.now() - began) / 1000).toFixed(1)} s`);
    await sql`vacuum analyze`;
  } finally {
    await sql.end();
  }
}

/** Teams with an owner, members, three applications and ten keys, of which the first four are members' own. */
export async function seedHolders(sql: postgres.Sql, teams: number): Promise<void> {
  await sql.unsafe(`
    insert into apis (id, slug, title, openapi, document, upstream_url)
      values (md5('api')::uuid, 'bench', 'Bench', '3.1.0', '{}', 'http://127.0.0.1:9');
    insert into endpoints (id, api_id, method, path)
      select md5('endpoint' || n)::uuid, md5('api')::uuid,
        case when n < 28 then 'GET' when n < 37 then 'POST' when n < 39 then 'PUT' else 'DELETE' end, '/things/' || n
      from generate_series(0, ${ENDPOINTS - 1}) n;
    insert into teams (id, slug, api_id, name)
      select md5('team' || t)::uuid, 'bench-' || t, 'team_bench_' || t, 'Bench ' || t from generate_series(0, ${teams - 1}) t;
    insert into users (id, email, name, email_verified_at)
      select md5('user' || t || '.' || m)::uuid, 'm' || m || '-' || t || '@example.com', 'Member ' || m, now()
      from generate_series(0, ${teams - 1}) t, generate_series(0, ${MEMBERS_PER_TEAM - 1}) m;
    insert into members (id, team_id, user_id, role)
      select md5('member' || t || '.' || m)::uuid, md5('team' || t)::uuid, md5('user' || t || '.' || m)::uuid,
        (case m when 0 then 'owner' else 'member' end)::member_role
      from generate_series(0, ${teams - 1}) t, generate_series(0, ${MEMBERS_PER_TEAM - 1}) m;
    insert into applications (id, team_id, public_id, title)
      select md5('app' || t || '.' || a)::uuid, md5('team' || t)::uuid, 'app_' || substr(md5('app' || t || '.' || a), 1, 16), 'App ' || a
      from generate_series(0, ${teams - 1}) t, generate_series(0, 2) a;
    insert into credentials (id, team_id, application_id, member_id, key_id, environment, name, secret_digest, secret_last_four)
      select md5('key' || t || '.' || k)::uuid, md5('team' || t)::uuid, md5('app' || t || '.' || k % 3)::uuid,
        case when k < ${MEMBERS_PER_TEAM - 1} then md5('member' || t || '.' || k + 1)::uuid end, substr(md5('key' || t || '.' || k), 1, 16),
        (case when k % 2 = 0 then 'production' else 'development' end)::environment, 'Key ' || k, sha256(('key' || t || '.' || k)::bytea), 'aaaa'
      from generate_series(0, ${teams - 1}) t, generate_series(0, ${KEYS_PER_TEAM - 1}) k;
    create unlogged table seed_keys as
      select t * ${KEYS_PER_TEAM} + k as n, c.id as credential_id, c.team_id, c.application_id, c.member_id, c.environment
      from generate_series(0, ${teams - 1}) t, generate_series(0, ${KEYS_PER_TEAM - 1}) k
      join credentials c on true where c.id = md5('key' || t || '.' || k)::uuid`);
}

async function seedDay(sql: postgres.Sql, age: number, rows: number, teams: number): Promise<void> {
  const [at] = await sql<{ day: string; name: string }[]>`
      select day::text, to_char(day, 'YYYYMMDD') as name from (select (now() at time zone 'utc')::date - ${age}::int as day) d`;
  const { day, name } = at!;
  const settings = `set local enable_nestloop = off; set local jit = off; set local work_mem = '256MB'; set local synchronous_commit = off;`;
  await sql.begin(async (tx) => {
    await tx.unsafe(`${settings} select setseed(0.${age + 1})`);
    // Filled before it is attached: building indexes at once is faster than row by row.
    await tx.unsafe(`
      drop table if exists usage_records_${name};
      create table usage_records_${name} (like usage_records including defaults including constraints);
      insert into usage_records_${name} (id, at, day, team_id, application_id, credential_id, member_id, environment, api_id, endpoint_id,
        method, path, outcome, status, reason, counted, latency_ms, bytes_in, bytes_out, client_ip, user_agent, node_id)
      select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(salt), 1, 3) || '8' || substr(md5(salt), 4, 15))::uuid,
        at, '${day}', k.team_id, k.application_id, k.credential_id, k.member_id, k.environment, md5('api')::uuid, md5('endpoint' || e)::uuid,
        case when e < 28 then 'GET' when e < 37 then 'POST' when e < 39 then 'PUT' else 'DELETE' end, '/bench/things/' || e,
        o.outcome::usage_outcome, o.status, o.reason, o.counted, case when o.outcome <> 'unknown' then 3 * exp(dice * 5) end,
        case when e >= 28 then 400 else 0 end, case when o.outcome = 'refused' then 300 else 2000 end,
        '10.' || c.n % 250 || '.' || c.n / 250 % 250 || '.' || floor(8 ^ other), 'okhttp/4.12.0', '${NODE}'
      from (
        select *, (n * 7 + floor(5 ^ random())::int) % ${ENDPOINTS} as e, random() as dice, random() as other, random() as fate, random()::text || g as salt
        from (
          select g, least(floor(${teams} ^ random())::int, ${teams}) * ${KEYS_PER_TEAM} - floor(${KEYS_PER_TEAM} ^ random())::int as n,
            start + (least(now(), start + interval '1 day') - start) * least(0.999999, (random() + random()) / 2) as at
          from generate_series(1, ${rows}) g, (select '${day}'::timestamp at time zone 'utc' as start) s offset 0
        ) drawn offset 0
      ) c
      join seed_keys k on k.n = c.n
      cross join lateral (select
        case when fate < 0.02 then 'refused' when fate < 0.03 then 'aborted' when fate < 0.0305 then 'unknown' else 'answered' end as outcome,
        case when fate < 0.015 then 429 when fate < 0.02 then 403 when fate < 0.0305 then null when fate < 0.08 then 404
          when fate < 0.09 then 500 when fate < 0.091 then 502 else 200 end as status,
        case when fate < 0.015 then 'quota_exceeded' when fate < 0.0199 then 'endpoint_not_connected' when fate < 0.02 then 'ip_not_allowed'
          when fate >= 0.09 and fate < 0.091 then 'upstream_unreachable' end as reason,
        not (fate < 0.02 or fate >= 0.09 and fate < 0.091) as counted) o
      order by at;
      alter table usage_records attach partition usage_records_${name} for values
        from (usage_id_from('${day}'::timestamp at time zone 'utc')) to (usage_id_from(('${day}'::date + 1)::timestamp at time zone 'utc'));
      `);
  });
  await sql.begin(async (tx) => {
    await tx.unsafe(`${settings} select make_usage_partition('usage_minutes', '${day}')`);
    await tx.unsafe(`
      with changes as (select ${CHANGED}, true as admitted from usage_records_${name}), ${ADD_UP} select;
      insert into quota_days (kind, subject_id, day, reserved)
        select 'team', team_id, '${day}', count(*) filter (where counted) from usage_records_${name} group by team_id;
      insert into quota_grants (node_id, kind, subject_id, day, granted, settled_at)
        select '${NODE}', 'team', subject_id, day, reserved, now() from quota_days where day = '${day}';
      ${age > 2 ? `drop table usage_minutes_${name}` : ''}`);
  });
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      url: { type: 'string' },
      teams: { type: 'string', default: '1000' },
      rows: { type: 'string', default: '10000000' },
      days: { type: 'string', default: '30' },
    },
  });
  if (!values.url) throw new Error('--url names the empty database to fill.');
  const { teams, rows, days } = values;
  await seedUsage(values.url, { teams: Number(teams), rows: Number(rows), days: Number(days) }, console.log);
}
