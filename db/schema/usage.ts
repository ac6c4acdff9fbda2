import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  bigint,
  boolean,
  date,
  index,
  integer,
  jsonb,
  numeric,
  pgEnum,
  pgTable,
  primaryKey,
  real,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { at } from './columns.ts';
import { environment } from './credentials.ts';

/**
 * `open`: forwarded, no response recorded yet. `unknown`: the process died before it could record one.
 * `aborted`: the client disconnected. `refused`: never forwarded; `reason` says why.
 */
export const usageOutcome = pgEnum('usage_outcome', ['open', 'answered', 'aborted', 'refused', 'unknown']);

/** Where a request came from: a client app, or the API Tester in the portal. */
export const usageVia = pgEnum('usage_via', ['api', 'tester']);

/**
 * One request. The id is the request ID in the response, a UUIDv7 of the time of admission. The table has a partition for
 * each UTC day of ids (`ensure_usage_partitions`), and a default partition for other days.
 */
export const usageRecords = pgTable(
  'usage_records',
  {
    id: uuid('id').primaryKey(),
    at: at('at').notNull(),
    /** UTC day by the database's clock at admission: the day whose quota it used. */
    day: date('day', { mode: 'string' }).notNull(),
    teamId: uuid('team_id').notNull(),
    applicationId: uuid('application_id').notNull(),
    credentialId: uuid('credential_id').notNull(),
    memberId: uuid('member_id'),
    environment: environment('environment').notNull(),
    apiId: uuid('api_id'),
    endpointId: uuid('endpoint_id'),
    method: text('method').notNull(),
    /** Without the query string. */
    path: text('path').notNull(),
    outcome: usageOutcome('outcome').notNull(),
    /** HTTP status of the response; null while open or unknown. */
    status: smallint('status'),
    /** Refusal or failure code. */
    reason: text('reason'),
    /** Whether it used quota. */
    counted: boolean('counted').notNull(),
    latencyMs: real('latency_ms'),
    /** Part of the latency: from forwarding the request to the response headers; null if there were none. */
    upstreamMs: real('upstream_ms'),
    bytesIn: bigint('bytes_in', { mode: 'number' }).notNull().default(0),
    bytesOut: bigint('bytes_out', { mode: 'number' }).notNull().default(0),
    clientIp: text('client_ip').notNull(),
    userAgent: text('user_agent').notNull().default(''),
    nodeId: uuid('node_id').notNull(),
    via: usageVia('via').notNull().default('api'),
    /** Requests in this row. More than one only for rejected requests beyond a rate per key. */
    requests: integer('requests').notNull().default(1),
  },
  (table) => [
    // Every index here slows down each request. Indexes for readers are added once a day is over: `indexClosedDays`.
    // Ascending, for both directions: a descending index puts nulls last, which `order by id desc` can't use.
    index('usage_records_team').on(table.teamId, table.id),
    index('usage_records_credential').on(table.credentialId, table.id),
    // Failed requests are rare and searched for most, so their indexes are partial.
    index('usage_records_reason')
      .on(table.teamId, table.reason, table.id)
      .where(sql`${table.reason} is not null`),
    index('usage_records_outcome')
      .on(table.teamId, table.outcome, table.id)
      .where(sql`${table.outcome} <> 'answered'`),
    index('usage_records_status').on(table.teamId, table.status, table.id).where(sql`${table.status} >= 300`),
    index('usage_records_open').on(table.nodeId).where(sql`${table.outcome} = 'open'`),
  ],
);

/** Bounds in ms between the cells of a latency histogram: 1 ms, then three per doubling, up to 41 s. */
export const LATENCY_BOUNDS = Array.from(
  { length: 47 },
  (_, step) => Math.round(1_000 * 2 ** (step / 3)) / 1_000,
);

/**
 * Sums per period, credential, endpoint and outcome, updated in the transaction that completes the rows. A request is
 * included once its outcome is known, in the period of its admission within the UTC day whose quota it used. Until then it is
 * and found by `usage_records_open`.
 */
const sums = {
  /** Start of the minute, hour or UTC day. */
  bucket: timestamp('bucket', { withTimezone: true, mode: 'date' }).notNull(),
  teamId: uuid('team_id').notNull(),
  applicationId: uuid('application_id').notNull(),
  credentialId: uuid('credential_id').notNull(),
  memberId: uuid('member_id'),
  environment: environment('environment').notNull(),
  /** Null if no endpoint matched. */
  endpointId: uuid('endpoint_id'),
  outcome: usageOutcome('outcome').notNull(),
  status: smallint('status'),
  reason: text('reason'),
  calls: integer('calls').notNull(),
  /** Requests that counted toward the quota. */
  counted: integer('counted').notNull(),
  /** Counted requests with a 4xx or 5xx response, aborted or unknown. */
  errors: integer('errors').notNull(),
  refused: integer('refused').notNull(),
  bytesIn: bigint('bytes_in', { mode: 'number' }).notNull(),
  bytesOut: bigint('bytes_out', { mode: 'number' }).notNull(),
  /**
   * Requests by latency: a number in base 10^12 whose nth digit counts the requests of cell n, one cell below each of
   * LATENCY_BOUNDS and one above the last. Adding numbers merges histograms. `lib/metering/histogram.ts` reads it.
   */
  latency: numeric('latency').notNull(),
};

type Sums = Record<
  'teamId' | 'bucket' | 'credentialId' | 'memberId' | 'endpointId' | 'outcome' | 'status' | 'reason',
  AnyPgColumn
>;

const once = (name: string, t: Sums) =>
  unique(name)
    .on(t.teamId, t.bucket, t.credentialId, t.memberId, t.endpointId, t.outcome, t.status, t.reason)
    .nullsNotDistinct();

/** Kept for three days, with a partition for each. */
export const usageMinutes = pgTable('usage_minutes', sums, (table) => [once('usage_minutes_once', table)]);

/** Kept for a hundred days. */
export const usageHours = pgTable('usage_hours', sums, (table) => [
  once('usage_hours_once', table),
  index('usage_hours_bucket').using('brin', table.bucket),
]);

/** Kept permanently. */
export const usageDays = pgTable('usage_days', sums, (table) => [
  once('usage_days_once', table),
  index('usage_days_bucket').using('brin', table.bucket),
]);

/** The client addresses that used a credential on a UTC day. Kept for a hundred days. */
export const usageClients = pgTable(
  'usage_clients',
  {
    teamId: uuid('team_id').notNull(),
    credentialId: uuid('credential_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    clientIp: text('client_ip').notNull(),
    /** All requests, including rejected ones, each at its admission. */
    calls: integer('calls').notNull(),
    refused: integer('refused').notNull(),
    firstAt: at('first_at').notNull(),
    lastAt: at('last_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.credentialId, table.day, table.clientIp] }),
    index('usage_clients_team').on(table.teamId, table.day, table.clientIp),
    index('usage_clients_day').using('brin', table.day),
  ],
);

/**
 * The latest comparison of a team's UTC day. All figures are counted requests and agree where there is no difference.
 * Figures that are no longer kept are null.
 */
export const usageReconciliations = pgTable(
  'usage_reconciliations',
  {
    day: date('day', { mode: 'string' }).notNull(),
    teamId: uuid('team_id').notNull(),
    /** The quota's counter: how much of the day is reserved. */
    reserved: integer('reserved').notNull(),
    /** Reserved by gateways and not reported as used yet; 0 once the day is settled. */
    held: integer('held').notNull(),
    rows: integer('rows'),
    /** Rows whose outcome isn't known yet. They are in no rollup. */
    open: integer('open'),
    minutes: integer('minutes'),
    hours: integer('hours'),
    days: integer('days').notNull(),
    daily: integer('daily').notNull(),
    /** The sum of all differences, including requests, errors and refusals; 0 if everything agrees. */
    difference: integer('difference').notNull(),
    /** Each difference: which two figures, and both values. */
    details: jsonb('details').$type<UsageDifference[]>().notNull(),
    checkedAt: at('checked_at').notNull(),
    /** When the difference was first found; null if there is none. */
    differsSince: at('differs_since'),
  },
  (table) => [
    primaryKey({ columns: [table.day, table.teamId] }),
    index('usage_reconciliations_team').on(table.teamId, table.day.desc()),
    index('usage_reconciliations_differing').on(table.day).where(sql`${table.difference} <> 0`),
  ],
);

/** Two figures that should be equal but aren't. */
export type UsageDifference = {
  figure: 'counted' | 'calls' | 'errors' | 'refused';
  between: [UsageSource, UsageSource];
  values: [number, number];
};
export type UsageSource = 'quota' | 'grants' | 'rows' | 'minutes' | 'hours' | 'days' | 'daily';

/** Sums per credential and UTC day, updated in the transaction that inserts the rows. */
export const usageDaily = pgTable(
  'usage_daily',
  {
    teamId: uuid('team_id').notNull(),
    applicationId: uuid('application_id').notNull(),
    credentialId: uuid('credential_id').notNull(),
    memberId: uuid('member_id'),
    day: date('day', { mode: 'string' }).notNull(),
    /** Requests that counted toward the quota. */
    requests: integer('requests').notNull().default(0),
    /** Counted requests with a 4xx or 5xx response, aborted or unknown. */
    errors: integer('errors').notNull().default(0),
    refused: integer('refused').notNull().default(0),
    bytesIn: bigint('bytes_in', { mode: 'number' }).notNull().default(0),
    bytesOut: bigint('bytes_out', { mode: 'number' }).notNull().default(0),
    lastAt: at('last_at').notNull(),
    /** The last request that wasn't rejected. Null if all were. */
    lastUsedAt: at('last_used_at'),
  },
  (table) => [
    primaryKey({ columns: [table.credentialId, table.day] }),
    index('usage_daily_team').on(table.teamId, table.day),
    index('usage_daily_day').using('brin', table.day),
    index('usage_daily_application').on(table.applicationId, table.day),
  ],
);

/** Spool segments that are already stored: storing one again changes nothing. */
export const usageSegments = pgTable('usage_segments', {
  id: text('id').primaryKey(),
  nodeId: uuid('node_id').notNull(),
  lines: integer('lines').notNull(),
  shippedAt: at('shipped_at').notNull().defaultNow(),
});
