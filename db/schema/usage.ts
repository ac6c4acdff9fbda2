import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  date,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  real,
  smallint,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import { at } from './columns.ts';
import { environment } from './credentials.ts';

/**
 * `open`: forwarded, no answer recorded yet. `unknown`: the process died before it could record one.
 * `aborted`: the client went away. `refused`: never forwarded, `reason` says why.
 */
export const usageOutcome = pgEnum('usage_outcome', ['open', 'answered', 'aborted', 'refused', 'unknown']);

/** One call. The id is the request id of the answer. */
export const usageRecords = pgTable(
  'usage_records',
  {
    id: uuid('id').primaryKey(),
    at: at('at').notNull(),
    /** UTC day by the database's clock at admission: the day whose quota it drew on. */
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
    /** HTTP status of the answer; null while open or unknown. */
    status: smallint('status'),
    /** Refusal or failure code. */
    reason: text('reason'),
    /** Whether it drew on the quota. */
    counted: boolean('counted').notNull(),
    latencyMs: real('latency_ms'),
    bytesIn: bigint('bytes_in', { mode: 'number' }).notNull().default(0),
    bytesOut: bigint('bytes_out', { mode: 'number' }).notNull().default(0),
    clientIp: text('client_ip').notNull(),
    userAgent: text('user_agent').notNull().default(''),
    nodeId: uuid('node_id').notNull(),
  },
  (table) => [
    index('usage_records_team').on(table.teamId, table.id.desc()),
    index('usage_records_application').on(table.applicationId, table.id.desc()),
    index('usage_records_credential').on(table.credentialId, table.id.desc()),
    index('usage_records_member').on(table.teamId, table.memberId, table.id.desc()),
    index('usage_records_open').on(table.nodeId).where(sql`${table.outcome} = 'open'`),
  ],
);

/** Sums per credential and UTC day, raised in the transaction that inserts the rows. */
export const usageDaily = pgTable(
  'usage_daily',
  {
    teamId: uuid('team_id').notNull(),
    applicationId: uuid('application_id').notNull(),
    credentialId: uuid('credential_id').notNull(),
    memberId: uuid('member_id'),
    day: date('day', { mode: 'string' }).notNull(),
    /** Calls that drew on the quota. */
    requests: integer('requests').notNull().default(0),
    /** Of those, answered with 4xx or 5xx, aborted or unknown. */
    errors: integer('errors').notNull().default(0),
    refused: integer('refused').notNull().default(0),
    bytesIn: bigint('bytes_in', { mode: 'number' }).notNull().default(0),
    bytesOut: bigint('bytes_out', { mode: 'number' }).notNull().default(0),
    lastAt: at('last_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.credentialId, table.day] }),
    index('usage_daily_team').on(table.teamId, table.day),
    index('usage_daily_application').on(table.applicationId, table.day),
  ],
);

/** Spool segments already moved here: a replay of one changes nothing. */
export const usageSegments = pgTable('usage_segments', {
  id: text('id').primaryKey(),
  nodeId: uuid('node_id').notNull(),
  lines: integer('lines').notNull(),
  shippedAt: at('shipped_at').notNull().defaultNow(),
});
