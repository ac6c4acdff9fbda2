import { sql } from 'drizzle-orm';
import { check, index, integer, pgEnum, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { users } from './accounts.ts';
import { at, id } from './columns.ts';

export const teams = pgTable(
  'teams',
  {
    id: id(),
    slug: text('slug').notNull().unique(),
    /** Public identifier shown as "API ID"; stays when the slug changes. */
    apiId: text('api_id').notNull().unique(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    dailyQuota: integer('daily_quota').notNull().default(10_000),
    createdAt: at('created_at').notNull().defaultNow(),
    deletedAt: at('deleted_at'),
  },
  (table) => [check('teams_daily_quota_not_negative', sql`${table.dailyQuota} >= 0`)],
);

export const memberRole = pgEnum('member_role', ['owner', 'admin', 'member']);
export const memberStatus = pgEnum('member_status', ['active', 'suspended', 'removed']);

export const members = pgTable(
  'members',
  {
    id: id(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    role: memberRole('role').notNull(),
    status: memberStatus('status').notNull().default('active'),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [
    unique('members_team_user').on(table.teamId, table.userId),
    unique('members_team_id').on(table.teamId, table.id),
    index('members_user').on(table.userId),
  ],
);
