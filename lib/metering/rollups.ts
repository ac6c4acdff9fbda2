import { LATENCY_BOUNDS } from '#db/schema/usage.ts';
import { packedSql } from './histogram.ts';

/**
 * A call that drew on the quota and did not end well: answered with 4xx or 5xx, given up by the client, or cut
 * off by a crash.
 */
const IS_ERROR = `(counted and (coalesce(status, 0) >= 400 or outcome in ('aborted', 'unknown')))`;

/** What ADD_UP needs of each row that is inserted or completed. */
export const CHANGED = `team_id, application_id, credential_id, member_id, environment, endpoint_id, day, at, outcome,
  status, reason, counted, latency_ms, bytes_in, bytes_out, client_ip`;

const DIMENSIONS =
  'team_id, application_id, credential_id, member_id, environment, endpoint_id, outcome, status, reason';
const ONCE = 'team_id, bucket, credential_id, member_id, endpoint_id, outcome, status, reason';
/** Sums, with their types: PostgreSQL would go on with numerics, which are slower. */
const TYPES: Readonly<Record<string, string>> = {
  ...{ calls: 'int', counted: 'int', errors: 'int', refused: 'int' },
  ...{ bytes_in: 'bigint', bytes_out: 'bigint', latency: 'numeric' },
};
const SUMS = Object.keys(TYPES);

/** Keys are taken in order everywhere, so that two processes wait for each other instead of blocking each other. */
const raise = (key: string, columns: readonly string[]) =>
  `on conflict (${key}) do update set ${columns.map((column) => `${column} = t.${column} + excluded.${column}`).join(', ')}`;

/** The UTC minute, hour or day of a moment. `date_trunc` looks the time zone up by name for every row. */
const startOf = (unit: string, moment: string) => `date_bin('1 ${unit}', ${moment}, timestamptz 'epoch')`;

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
 * Adds the rows of `changes` (CHANGED, and `admitted`: whether the row is new) to every sum. A call that spans midnight
 * belongs to the day it drew on, so a moment outside of that day is moved to its edge: then all sums of a day agree.
 */
export const ADD_UP = `
known as (
  select ${DIMENSIONS}, counted, ${IS_ERROR} as error, bytes_in, bytes_out,
    width_bucket(latency_ms::float8, '{${LATENCY_BOUNDS.join(',')}}'::float8[]) as cell,
    ${startOf(
      'minute',
      `greatest(day::timestamp at time zone 'UTC',
      least(at, (day + 1)::timestamp at time zone 'UTC' - interval '1 microsecond'))`,
    )} as bucket
  from changes where outcome <> 'open'
),
minute as materialized (
  select bucket, ${DIMENSIONS}, count(*)::int as calls, count(*) filter (where counted)::int as counted,
    count(*) filter (where error)::int as errors, count(*) filter (where outcome = 'refused')::int as refused,
    sum(bytes_in)::bigint as bytes_in, sum(bytes_out)::bigint as bytes_out, coalesce(sum(${packedSql('cell')}), 0) as latency
  from known group by bucket, ${DIMENSIONS}
),
${coarser('hour', 'minute')},
${coarser('day', 'hour')},
${rollup('minute')},
${rollup('hour')},
${rollup('day')},
clients as (
  insert into usage_clients as t (team_id, credential_id, day, client_ip, calls, refused, first_at, last_at)
  select team_id, credential_id, day, client_ip, count(*), count(*) filter (where outcome = 'refused'), min(at), max(at)
  from changes where admitted group by 1, 2, 3, 4 order by 2, 3, 4
  ${raise('credential_id, day, client_ip', ['calls', 'refused'])},
    first_at = least(t.first_at, excluded.first_at), last_at = greatest(t.last_at, excluded.last_at)
),
daily as (
  insert into usage_daily as t (team_id, application_id, credential_id, member_id, day, requests, errors, refused, bytes_in, bytes_out, last_at, last_used_at)
  select team_id, application_id, credential_id, (array_agg(member_id))[1], day,
    count(*) filter (where counted and admitted) - count(*) filter (where not counted and not admitted),
    count(*) filter (where ${IS_ERROR}), count(*) filter (where outcome = 'refused'), sum(bytes_in), sum(bytes_out), max(at),
    max(at) filter (where outcome <> 'refused')
  from changes group by team_id, application_id, credential_id, day order by credential_id, day
  ${raise('credential_id, day', ['requests', 'errors', 'refused', 'bytes_in', 'bytes_out'])},
    last_at = greatest(t.last_at, excluded.last_at), last_used_at = greatest(t.last_used_at, excluded.last_used_at)
)`;
