import { sql } from 'drizzle-orm';
import { index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { at, id } from './columns.ts';

/**
 * Emails to send, written in the transaction that causes them. `sealedProps` has the template's
 * properties (including a link with its token) under the encryption key, and is emptied once sent.
 */
export const outbox = pgTable(
  'outbox',
  {
    id: id(),
    template: text('template').notNull(),
    recipient: text('recipient').notNull(),
    sealedProps: text('sealed_props'),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: at('next_attempt_at').notNull().defaultNow(),
    createdAt: at('created_at').notNull().defaultNow(),
    sentAt: at('sent_at'),
    failedAt: at('failed_at'),
    lastError: text('last_error'),
  },
  (table) => [
    index('outbox_due')
      .on(table.nextAttemptAt)
      .where(sql`${table.sentAt} is null and ${table.failedAt} is null`),
  ],
);
