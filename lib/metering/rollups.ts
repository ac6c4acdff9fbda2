import { LATENCY_BOUNDS } from '#db/schema/usage.ts';
import { packedSql } from './histogram.ts';

/** A request that used quota and failed: a 4xx or 5xx response, aborted by the client, or cut off by a crash. */
const IS_ERROR = `(counted and (coalesce(status, 0) >= 400 or outcome in ('aborted', 'unknown')))`;

/** The columns that ADD_UP needs of each inserted or completed row. */
export const CHANGED = `team_id, application_id, credential_id, member_id, environment, endpoint_id, day, at, outcome,
  status, reason, counted, latency_ms, bytes_in, bytes_out, client_ip, requests`;

const DIMENSIONS =
  'team_id, application_id, credential_id, member_id, environment, endpoint_id, outcome, status, reason';
const ONCE = 'team_id, bucket, credential_id, member_id, endpoint_id, outcome, status, reason';
/** Sums with their types. PostgreSQL would continue with numerics, which are slower. */
const TYPES: Readonly<Record<string, string>> = {
  ...{ calls: 'int', counted: 'int', errors: 'int', refused: 'int' },
  ...{ bytes_in: 'bigint', bytes_out: 'bigint', latency: 'numeric' },
};
const SUMS = Object.keys(TYPES);

/** Keys are locked in the same order everywhere, so that two processes can't deadlock. */
const raise = (key: string, columns: readonly string[]) =>
  `on conflict (${key}) do update set ${columns.map((column) => `${column} = t.${column} + excluded.${column}`).join(', ')}`;

/** The UTC minute, hour or day of a time. `date_trunc` would look up the time zone by name for every row. */
const startOf = (unit: string, moment: string) => `date_bin('1 ${unit}', ${moment}, timestamptz 'epoch')`;

/** The number of requests in the rows that meet a condition. */
const sumOf = (condition: string) => `coalesce(sum(requests) filter (where ${condition}), 0)::int`;
const REFUSED = `outcome = 'refused'`;

const coarser = (unit: string, finer: string) => `
${unit} as materialized (
  select ${startOf(unit, 'bucket')} as bucket, ${DIMENSIONS}, ${SUMS.map((sum) => `sum(${sum})::${TYPES[sum]} as ${sum}`).join(', ')}
  from ${finer} group by ${startOf(unit, 'bucket')}, ${DIMENSIONS}
)`;

const rollup = (unit: string) => `
${unit}s as (
  insert into usage_${unit}s as t (bucket, ${DIMENSIONS}, ${SUMS.join(', ')})
  select bucket, ${DIMENSIONS}, ${SUMS.join(', ')} from ${unit} order by ${ONCE}
  ${raise(ONCE, SUMS)}
)`;

/**
 * Adds the rows of `changes` (CHANGED, and `admitted`: whether the row is new) to every sum. A request that spans midnight
 * belongs to the day whose quota it used, so a time outside that day is moved to its edge and all sums of a day agree. A
 * row of rejected requests can represent several (`requests`).
 */
export const ADD_UP = `
known as (
  select ${DIMENSIONS}, counted, ${IS_ERROR} as error, bytes_in, bytes_out, requests,
    width_bucket(latency_ms::float8, '{${LATENCY_BOUNDS.join(',')}}'::float8[]) as cell,
    ${startOf(
      'minute',
      `greatest(day::timestamp at time zone 'UTC',
      least(at, (day + 1)::timestamp at time zone 'UTC' - interval '1 microsecond'))`,
    )} as bucket
  from changes where outcome <> 'open'
),
minute as materialized (
  select bucket, ${DIMENSIONS}, sum(requests)::int as calls, ${sumOf('counted')} as counted,
    ${sumOf('error')} as errors, ${sumOf(REFUSED)} as refused,
    sum(bytes_in)::bigint as bytes_in, sum(bytes_out)::bigint as bytes_out, coalesce(sum(${packedSql('cell')} * requests), 0) as latency
  from known group by bucket, ${DIMENSIONS}
),
${coarser('hour', 'minute')},
${coarser('day', 'hour')},
${rollup('minute')},
${rollup('hour')},
${rollup('day')},
clients as (
  insert into usage_clients as t (team_id, credential_id, day, client_ip, calls, refused, first_at, last_at)
  select team_id, credential_id, day, client_ip, sum(requests), ${sumOf(REFUSED)}, min(at), max(at)
  from changes where admitted group by 1, 2, 3, 4 order by 2, 3, 4
  ${raise('credential_id, day, client_ip', ['calls', 'refused'])},
    first_at = least(t.first_at, excluded.first_at), last_at = greatest(t.last_at, excluded.last_at)
),
daily as (
  insert into usage_daily as t (team_id, application_id, credential_id, member_id, day, requests, errors, refused, bytes_in, bytes_out, last_at, last_used_at)
  select team_id, application_id, credential_id, (array_agg(member_id))[1], day,
    ${sumOf('counted and admitted')} - ${sumOf('not counted and not admitted')},
    ${sumOf(IS_ERROR)}, ${sumOf(REFUSED)}, sum(bytes_in), sum(bytes_out), max(at),
    max(at) filter (where outcome <> 'refused')
  from changes group by team_id, application_id, credential_id, day order by credential_id, day
  ${raise('credential_id, day', ['requests', 'errors', 'refused', 'bytes_in', 'bytes_out'])},
    last_at = greatest(t.last_at, excluded.last_at), last_used_at = greatest(t.last_used_at, excluded.last_used_at)
)`;
