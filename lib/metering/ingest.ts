import postgres from 'postgres';
import { ADD_UP, CHANGED } from './rollups.ts';

/** The contents of one spool file. */
export type IngestedSegment = { id: string; text: string; lines: number };

/** The database no longer has segments that it had stored: it failed over or was restored. Nothing was written. */
export class DatabaseLostSegments extends Error {
  override name = 'DatabaseLostSegments';
}

/** Stores one segment. Returns false when it had been stored before. */
export async function ingestSegment(
  sql: postgres.Sql,
  { nodeId, ...segment }: IngestedSegment & { nodeId: string },
): Promise<boolean> {
  return (await ingestSegments(sql, nodeId, [segment])) > 0;
}

type IngestOptions = {
  /**
   * Receives completions of requests that aren't in the database yet, as lines, before their segments count as stored.
   * Without it, all segments before these must be stored: a completion that meets no row is dropped.
   */
  keepEarly?: ((lines: string) => Promise<void>) | undefined;
  /** Segments that were stored before. Throws `DatabaseLostSegments` if one of them is missing. */
  mustKnow?: readonly string[];
};

/**
 * Stores the lines of a process's segments: rows and all sums in one transaction. A row is claimed by inserting it, and by
 * completing it while it is open, so storing lines again changes nothing. PostgreSQL parses the lines; the gateway's event
 * loop only passes them on. Returns how many segments were new.
 */
export async function ingestSegments(
  sql: postgres.Sql,
  nodeId: string,
  segments: readonly IngestedSegment[],
  { keepEarly, mustKnow = [] }: IngestOptions = {},
): Promise<number> {
  const ids = segments.map(({ id }) => id);
  const stored = await sql<{ id: string }[]>`select id from usage_segments where id = any (${ids})`;
  const known = new Set(stored.map(({ id }) => id));
  const fresh = segments.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return 0;

  const names = fresh.map(({ id }) => id);
  const lines = fresh.map((segment) => segment.lines);
  // Two parameters, however many segments there are: a failing disk leaves more of them than a statement can have.
  const keep: Keep = (tx) => tx`
    insert into usage_segments (id, node_id, lines)
    select s.id, ${nodeId}, s.lines from unnest(${names}::text[], ${lines}::int[]) s (id, lines) on conflict do nothing`;
  const text = fresh.flatMap((segment) => (segment.lines > 0 ? [segment.text] : [])).join('\n');
  const run = { sql, nodeId, text, keep, mustKnow };
  const later = await insert(run, INSERT_NEW).catch((error: unknown) => {
    if (error instanceof postgres.PostgresError && error.code === UNIQUE_VIOLATION)
      return insert(run, INSERT_ANY);
    throw error;
  });
  // A transaction of its own: raising the sums twice in one transaction could deadlock two processes.
  if (later) await complete(run, later, keepEarly);
  return fresh.length;
}

type Keep = (tx: postgres.TransactionSql) => Promise<unknown>;
type Run = {
  sql: postgres.Sql;
  nodeId: string;
  text: string;
  /** Marks the segments as stored. */
  keep: Keep;
  mustKnow: readonly string[];
};
/** Completions of requests whose rows already existed, as JSON, and these requests' IDs. */
type Later = { ends: string; ids: string };

/** Returns what is left to complete. If that's nothing, the segments are marked as stored. */
async function insert({ sql, nodeId, text, keep, mustKnow }: Run, statement: string): Promise<Later | null> {
  return sql.begin(async (tx) => {
    await prepare(tx, mustKnow);
    const [later] = text ? await tx.unsafe<Later[]>(statement, [text, nodeId], { prepare: true }) : [];
    if (!later) await keep(tx);
    return later ?? null;
  });
}

async function complete(
  { sql, keep, mustKnow }: Run,
  later: Later,
  keepEarly: IngestOptions['keepEarly'],
): Promise<void> {
  await sql.begin(async (tx) => {
    if (mustKnow.length > 0) await requireKnown(tx, mustKnow);
    await tx.unsafe(COMPLETE, [later.ends, later.ids]);
    if (keepEarly) {
      const [early] = await tx.unsafe<{ lines: string | null }[]>(EARLY, [later.ends, later.ids]);
      if (early?.lines) await keepEarly(early.lines);
    }
    await keep(tx);
  });
}

/**
 * The statement is planned once per connection, because planning takes longer than a small segment. PostgreSQL can't know
 * how many lines a text has and expects few, so nested loops are turned off. Sorting must stay in memory.
 */
async function prepare(tx: postgres.TransactionSql, mustKnow: readonly string[]): Promise<void> {
  const [row] = await tx<{ missing: number }[]>`
    select set_config('statement_timeout', '60s', true), set_config('plan_cache_mode', 'force_generic_plan', true),
      set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true), set_config('work_mem', '64MB', true),
      ${missing(tx, mustKnow)} as missing`;
  if (row!.missing > 0) throw lost();
}

async function requireKnown(tx: postgres.TransactionSql, ids: readonly string[]): Promise<void> {
  const [row] = await tx<{ missing: number }[]>`select ${missing(tx, ids)} as missing`;
  if (row!.missing > 0) throw lost();
}

const missing = (tx: postgres.TransactionSql, ids: readonly string[]) =>
  tx`${ids.length}::int - (select count(*)::int from usage_segments where id = any (${[...ids]}::text[]))`;

const lost = () => new DatabaseLostSegments('The database no longer has segments that it had stored');

const ended = (json: string) => `
  select (v->>1)::uuid as id, (v->>2)::usage_outcome as outcome, (v->>3)::smallint as status, v->>4 as reason,
    (v->>5)::boolean as counted, (v->>6)::real as latency_ms, (v->>7)::bigint as bytes_in, (v->>8)::bigint as bytes_out,
    (v->>9)::real as upstream_ms
  from ${json} where v->>0 = 'c'`;

// A line contains no newline, because JSON escapes it. Joining lines with commas makes one JSON array.
const inserting = (onReplay: string) => `
with lines as materialized (
  select v from jsonb_array_elements(('[' || replace($1::text, E'\\n', ',') || ']')::jsonb) v
),
begun as materialized (
  select v->>0 as kind, (v->>1)::uuid as id, to_timestamp((v->>2)::double precision / 1000) as at, (v->>3)::date as day,
    (v->>4)::uuid as team_id, (v->>5)::uuid as application_id, (v->>6)::uuid as credential_id, (v->>7)::uuid as member_id,
    (v->>8)::environment as environment, (v->>9)::uuid as api_id, (v->>10)::uuid as endpoint_id,
    v->>11 as method, v->>12 as path, v->>13 as client_ip, v->>14 as user_agent,
    (v->>15)::smallint as status, v->>16 as reason, (v->>17)::real as latency_ms,
    coalesce(v->>18, 'api')::usage_via as via, coalesce((v->>19)::int, 1) as requests
  from lines where v->>0 in ('i', 'r')
),
ended as materialized (${ended('lines')}),
changes as (
  insert into usage_records (id, at, day, team_id, application_id, credential_id, member_id, environment, api_id, endpoint_id,
    method, path, outcome, status, reason, counted, latency_ms, upstream_ms, bytes_in, bytes_out, client_ip, user_agent, node_id, via, requests)
  select b.id, b.at, b.day, b.team_id, b.application_id, b.credential_id, b.member_id, b.environment, b.api_id, b.endpoint_id,
    b.method, b.path,
    case when b.kind = 'r' then 'refused' else coalesce(e.outcome, 'open') end,
    coalesce(b.status, e.status), coalesce(b.reason, e.reason),
    b.kind = 'i' and coalesce(e.counted, true),
    coalesce(b.latency_ms, e.latency_ms), e.upstream_ms,
    coalesce(e.bytes_in, 0), coalesce(e.bytes_out, 0), b.client_ip, b.user_agent, $2::uuid, b.via, b.requests
  from begun b left join ended e on e.id = b.id
  ${onReplay}
  returning id, ${CHANGED}, true as admitted
),
${ADD_UP}
select json_agg(json_build_array('c', id, outcome, status, reason, counted, latency_ms, bytes_in, bytes_out, upstream_ms))::text as ends,
  array_agg(id)::text as ids
from ended e where not exists (select from changes c where c.id = e.id) having count(*) > 0`;

/** For new lines, as nearly all are. One existing line fails the whole statement. */
const INSERT_NEW = inserting('');
/** For any lines. Checking for each row first costs more. */
const INSERT_ANY = inserting('on conflict (id) do nothing');
const UNIQUE_VIOLATION = '23505';

// The IDs are a separate parameter, so that PostgreSQL reads only the partitions of their days.
const COMPLETE = `
with ended as materialized (${ended('jsonb_array_elements($1::text::jsonb) v')}),
changes as (
  update usage_records r set outcome = e.outcome, status = e.status, reason = e.reason, counted = e.counted,
    latency_ms = e.latency_ms, upstream_ms = e.upstream_ms, bytes_in = e.bytes_in, bytes_out = e.bytes_out
  from ended e where r.id = e.id and r.id = any ($2::uuid[]) and r.outcome = 'open'
  returning ${CHANGED.replaceAll(/(\w+)/g, 'r.$1')}, false as admitted
),
${ADD_UP}
select`;

const EARLY = `
select string_agg(v::text, E'\\n') as lines from jsonb_array_elements($1::text::jsonb) v
where not exists (select from usage_records r where r.id = (v->>1)::uuid and r.id = any ($2::uuid[]))`;

const CLOSE = `
with changes as (
  update usage_records set outcome = 'unknown' where node_id = $1::uuid and outcome = 'open'
  returning ${CHANGED}, false as admitted
),
${ADD_UP}
select`;

/** Closes requests that a dead process forwarded and never completed. Run it once all of its segments are stored. */
export async function closeOpenCalls(sql: postgres.Sql, nodeId: string): Promise<void> {
  await sql.unsafe(CLOSE, [nodeId]);
}
