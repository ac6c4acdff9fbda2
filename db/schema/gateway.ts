import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, pgEnum, pgTable, text } from 'drizzle-orm/pg-core';
import { at, id } from './columns.ts';

export const gatewayMount = pgEnum('gateway_mount', ['node', 'next']);

/** A process that accepts requests. It can serve from its cache until `leaseUntil`, renewed every few seconds. */
export const gatewayNodes = pgTable(
  'gateway_nodes',
  {
    id: id(),
    mount: gatewayMount('mount').notNull(),
    host: text('host').notNull(),
    pid: integer('pid').notNull(),
    startedAt: at('started_at').notNull().defaultNow(),
    leaseUntil: at('lease_until').notNull(),
    /** The highest access epoch this process has applied to its cache. */
    epochSeen: bigint('epoch_seen', { mode: 'number' }).notNull(),
    stoppedAt: at('stopped_at'),
  },
  (table) => [index('gateway_nodes_lease').on(table.leaseUntil)],
);

/** One row. Every change that removes access raises it in its own transaction. */
export const accessEpoch = pgTable(
  'access_epoch',
  {
    id: integer('id').primaryKey().default(1),
    epoch: bigint('epoch', { mode: 'number' }).notNull().default(0),
  },
  (table) => [check('access_epoch_one_row', sql`${table.id} = 1`)],
);
