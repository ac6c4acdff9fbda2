import { sql } from 'drizzle-orm';
import { check, date, index, integer, pgEnum, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core';
import { at } from './columns.ts';

/** Whose requests a limit counts. `non_production`: a team's requests that can't use its Production reserve. */
export const quotaKind = pgEnum('quota_kind', [
  'team',
  'non_production',
  'application',
  'member',
  'credential',
]);

/** How much of a limit is reserved on one UTC day: the sum of the grants below minus what was returned. */
export const quotaDays = pgTable(
  'quota_days',
  {
    kind: quotaKind('kind').notNull(),
    /** The ID of the team, application, member or credential. */
    subjectId: uuid('subject_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    reserved: integer('reserved').notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.subjectId, table.day] }),
    index('quota_days_day').on(table.day),
    check('quota_days_reserved_not_negative', sql`${table.reserved} >= 0`),
  ],
);

/** What one gateway process reserved of a limit's day. `granted - returned` was used, or can still be. */
export const quotaGrants = pgTable(
  'quota_grants',
  {
    nodeId: uuid('node_id').notNull(),
    kind: quotaKind('kind').notNull(),
    subjectId: uuid('subject_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    granted: integer('granted').notNull(),
    returned: integer('returned').notNull().default(0),
    settledAt: at('settled_at'),
  },
  (table) => [
    primaryKey({ columns: [table.nodeId, table.kind, table.subjectId, table.day] }),
    index('quota_grants_day').on(table.day),
    check('quota_grants_returned', sql`${table.returned} between 0 and ${table.granted}`),
  ],
);
