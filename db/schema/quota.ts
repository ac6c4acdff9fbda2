import { sql } from 'drizzle-orm';
import { check, date, index, integer, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core';
import { at, id } from './columns.ts';
import { teams } from './teams.ts';

/** What is reserved of a team's quota on one UTC day: the sum of the grants below, less what came back. */
export const quotaDays = pgTable(
  'quota_days',
  {
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id),
    day: date('day', { mode: 'string' }).notNull(),
    reserved: integer('reserved').notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.teamId, table.day] }),
    check('quota_days_reserved_not_negative', sql`${table.reserved} >= 0`),
  ],
);

/** A chunk that one gateway process holds. */
export const quotaGrants = pgTable(
  'quota_grants',
  {
    id: id(),
    nodeId: uuid('node_id').notNull(),
    teamId: uuid('team_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    granted: integer('granted').notNull(),
    grantedAt: at('granted_at').notNull().defaultNow(),
    settledAt: at('settled_at'),
  },
  (table) => [index('quota_grants_open').on(table.nodeId).where(sql`${table.settledAt} is null`)],
);
