import { sql } from 'drizzle-orm';
import { check, date, integer, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';
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

/** What one gateway process holds, or held, of a team's day. `granted - returned` was or may yet be used. */
export const quotaGrants = pgTable(
  'quota_grants',
  {
    nodeId: uuid('node_id').notNull(),
    teamId: uuid('team_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    granted: integer('granted').notNull(),
    returned: integer('returned').notNull().default(0),
    settledAt: at('settled_at'),
  },
  (table) => [
    primaryKey({ columns: [table.nodeId, table.teamId, table.day] }),
    check('quota_grants_returned', sql`${table.returned} between 0 and ${table.granted}`),
  ],
);
