import { bigint, boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';
import { gatewayNodes } from './gateway.ts';

/** The latest report of a gateway process about itself, every few seconds. The Health page shows it. */
export const gatewayHealth = pgTable('gateway_health', {
  nodeId: uuid('node_id')
    .primaryKey()
    .references(() => gatewayNodes.id, { onDelete: 'cascade' }),
  reportedAt: at('reported_at').notNull(),
  /** Whether new requests can be recorded. */
  spoolWritable: boolean('spool_writable').notNull(),
  /** Bytes that aren't in the database yet, and since when. */
  spoolBytes: bigint('spool_bytes', { mode: 'number' }).notNull(),
  oldestLineAt: at('oldest_line_at'),
  /** The latest error of writing or shipping the spool. Null if there was none. */
  lastError: text('last_error'),
  lastErrorAt: at('last_error_at'),
  /** Segments that the database rejected, their bytes, and all segments and folders that can't be shipped, with reasons. */
  quarantinedSegments: integer('quarantined_segments').notNull(),
  quarantinedBytes: bigint('quarantined_bytes', { mode: 'number' }).notNull(),
  blocked: jsonb('blocked').$type<GatewayProblem[]>().notNull(),
  /** Shipped bytes kept in case the database loses commits, and segments shipped again. */
  keptBytes: bigint('kept_bytes', { mode: 'number' }).notNull(),
  replayedSegments: integer('replayed_segments').notNull(),
  /** Restarts after a crash, since the installation was started. */
  restarts: integer('restarts').notNull(),
});

/** A segment or folder of the spool, and why it can't be shipped. */
export type GatewayProblem = { name: string; error: string };
