import type postgres from 'postgres';

/**
 * Moves the lines of one segment into the database: rows, daily sums and the segment's id in one transaction,
 * so that a replay changes nothing. PostgreSQL takes the lines apart; the gateway's event loop only hands them on.
 * Answers false when the segment had been moved before.
 */
export async function ingestSegment(
  sql: postgres.Sql,
  segment: { id: string; nodeId: string; text: string; lines: number },
): Promise<boolean> {
  return sql.begin(async (tx) => {
    const [fresh] = await tx`
      insert into usage_segments (id, node_id, lines) values (${segment.id}, ${segment.nodeId}, ${segment.lines})
      on conflict do nothing returning id`;
    if (!fresh) return false;
    if (segment.lines === 0) return true;
    await tx`set local statement_timeout = '60s'`;
    await tx.unsafe(MOVE, [`[${segment.text.replaceAll('\n', ',')}]`, segment.nodeId]);
    return true;
  });
}

/**
 * A call that drew on the quota and did not end well: answered with 4xx or 5xx, given up by the client, or cut
 * off by a crash.
 */
const IS_ERROR = `counted and (coalesce(status, 0) >= 400 or outcome in ('aborted', 'unknown'))`;

const ADD_UP = `
  insert into usage_daily as d (team_id, application_id, credential_id, member_id, day, requests, errors, refused, bytes_in, bytes_out, last_at)
  select team_id, application_id, credential_id, (array_agg(member_id))[1], day,
         sum(requests), sum(errors), sum(refused), sum(bytes_in), sum(bytes_out), max(at)
  from changes group by team_id, application_id, credential_id, day
  order by credential_id, day
  on conflict (credential_id, day) do update set
    requests = d.requests + excluded.requests, errors = d.errors + excluded.errors, refused = d.refused + excluded.refused,
    bytes_in = d.bytes_in + excluded.bytes_in, bytes_out = d.bytes_out + excluded.bytes_out,
    last_at = greatest(d.last_at, excluded.last_at)`;

// No newline can stand inside a line: JSON escapes it. So joining lines with commas makes one JSON array.
const MOVE = `
with lines as materialized (select v from jsonb_array_elements($1::text::jsonb) v),
begun as (
  select v->>0 as kind, (v->>1)::uuid as id, to_timestamp((v->>2)::double precision / 1000) as at, (v->>3)::date as day,
    (v->>4)::uuid as team_id, (v->>5)::uuid as application_id, (v->>6)::uuid as credential_id, (v->>7)::uuid as member_id,
    (v->>8)::environment as environment, (v->>9)::uuid as api_id, (v->>10)::uuid as endpoint_id,
    v->>11 as method, v->>12 as path, v->>13 as client_ip, v->>14 as user_agent,
    (v->>15)::smallint as status, v->>16 as reason, (v->>17)::real as latency_ms
  from lines where v->>0 in ('i', 'r')
),
ended as (
  select (v->>1)::uuid as id, (v->>2)::usage_outcome as outcome, (v->>3)::smallint as status, v->>4 as reason,
    (v->>5)::boolean as counted, (v->>6)::real as latency_ms, (v->>7)::bigint as bytes_in, (v->>8)::bigint as bytes_out
  from lines where v->>0 = 'c'
),
inserted as (
  insert into usage_records (id, at, day, team_id, application_id, credential_id, member_id, environment, api_id, endpoint_id,
    method, path, outcome, status, reason, counted, latency_ms, bytes_in, bytes_out, client_ip, user_agent, node_id)
  select b.id, b.at, b.day, b.team_id, b.application_id, b.credential_id, b.member_id, b.environment, b.api_id, b.endpoint_id,
    b.method, b.path,
    case when b.kind = 'r' then 'refused' else coalesce(e.outcome, 'open') end,
    case when b.kind = 'r' then b.status else e.status end,
    case when b.kind = 'r' then b.reason else e.reason end,
    b.kind = 'i' and coalesce(e.counted, true),
    case when b.kind = 'r' then b.latency_ms else e.latency_ms end,
    coalesce(e.bytes_in, 0), coalesce(e.bytes_out, 0), b.client_ip, b.user_agent, $2::uuid
  from begun b left join ended e on e.id = b.id
  on conflict (id) do nothing
  returning team_id, application_id, credential_id, member_id, day, at, outcome, status, counted, bytes_in, bytes_out
),
updated as (
  update usage_records r set outcome = e.outcome, status = e.status, reason = e.reason, counted = e.counted,
    latency_ms = e.latency_ms, bytes_in = e.bytes_in, bytes_out = e.bytes_out
  from ended e
  where r.id = e.id and r.outcome = 'open' and not exists (select 1 from begun b where b.id = e.id)
  returning r.team_id, r.application_id, r.credential_id, r.member_id, r.day, r.at, r.outcome, r.status, r.counted, r.bytes_in, r.bytes_out
),
changes as (
  select team_id, application_id, credential_id, member_id, day, at, counted::int as requests, (${IS_ERROR})::int as errors,
    (outcome = 'refused')::int as refused, bytes_in, bytes_out from inserted
  union all
  select team_id, application_id, credential_id, member_id, day, at, counted::int - 1, (${IS_ERROR})::int, 0, bytes_in, bytes_out from updated
)
${ADD_UP}`;

const CLOSE = `
with changes as (
  update usage_records set outcome = 'unknown' where node_id = $1::uuid and outcome = 'open'
  returning team_id, application_id, credential_id, member_id, day, at, 0 as requests, counted::int as errors, 0 as refused,
    0::bigint as bytes_in, 0::bigint as bytes_out
)
${ADD_UP}`;

/** Marks what a dead process had forwarded and never completed. Run it when all of its segments are in. */
export async function closeOpenCalls(sql: postgres.Sql, nodeId: string): Promise<void> {
  await sql.unsafe(CLOSE, [nodeId]);
}
