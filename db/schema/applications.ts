import { sql } from 'drizzle-orm';
import {
  boolean,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { endpoints } from './catalog.ts';
import { at, id } from './columns.ts';
import { members, teams } from './teams.ts';

export const applications = pgTable(
  'applications',
  {
    id: id(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id),
    /** The "App ID": `app_` and 16 base62 characters. Used in URLs. */
    publicId: text('public_id').notNull().unique(),
    title: text('title').notNull(),
    description: text('description').notNull().default(''),
    isDefault: boolean('is_default').notNull().default(false),
    createdBy: uuid('created_by'),
    createdAt: at('created_at').notNull().defaultNow(),
    archivedAt: at('archived_at'),
    /** Requests per UTC day that its keys can use of the team's quota. Null for no limit. */
    dailyCap: integer('daily_cap'),
  },
  (table) => [
    unique('applications_team_id').on(table.teamId, table.id),
    uniqueIndex('applications_one_default').on(table.teamId).where(sql`${table.isDefault}`),
    foreignKey({ columns: [table.teamId, table.createdBy], foreignColumns: [members.teamId, members.id] }),
  ],
);

export const applicationEndpoints = pgTable(
  'application_endpoints',
  {
    teamId: uuid('team_id').notNull(),
    applicationId: uuid('application_id').notNull(),
    endpointId: uuid('endpoint_id')
      .notNull()
      .references(() => endpoints.id),
    connectedAt: at('connected_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.applicationId, table.endpointId] }),
    foreignKey({
      columns: [table.teamId, table.applicationId],
      foreignColumns: [applications.teamId, applications.id],
    }),
    index('application_endpoints_endpoint').on(table.endpointId),
  ],
);
