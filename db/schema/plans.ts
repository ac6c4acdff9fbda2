import { sql } from 'drizzle-orm';
import { boolean, check, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { at, id } from './columns.ts';

/** The plans of the installation. A team without one is on the default plan. */
export const plans = pgTable(
  'plans',
  {
    id: id(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    /** Requests per UTC day. */
    dailyQuota: integer('daily_quota').notNull(),
    /** A token bucket: this many requests per window, and all of them can arrive at the same time. */
    burstRequests: integer('burst_requests').notNull(),
    burstWindowSeconds: integer('burst_window_seconds').notNull(),
    /** How many days requests stay in the log. */
    retentionDays: integer('retention_days').notNull(),
    /** Null for no limit. */
    membersMax: integer('members_max'),
    applicationsMax: integer('applications_max'),
    isDefault: boolean('is_default').notNull().default(false),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('plans_name').on(sql`lower(${table.name})`),
    uniqueIndex('plans_one_default').on(table.isDefault).where(sql`${table.isDefault}`),
    check('plans_daily_quota_not_negative', sql`${table.dailyQuota} >= 0`),
    check('plans_burst', sql`${table.burstRequests} >= 1 and ${table.burstWindowSeconds} between 1 and 3600`),
    check('plans_retention_days', sql`${table.retentionDays} between 1 and 400`),
  ],
);
