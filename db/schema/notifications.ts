import { boolean, foreignKey, index, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { at, id } from './columns.ts';
import { members } from './teams.ts';

/** Something a member should know. The same cause is told to him once. */
export const notifications = pgTable(
  'notifications',
  {
    id: id(),
    teamId: uuid('team_id').notNull(),
    memberId: uuid('member_id').notNull(),
    /** Which setting it falls under: `quota`, `errors`, `refusals`, `expiry`, `exposure`. */
    kind: text('kind').notNull(),
    /** Names the one happening it tells of, for instance `quota_80:2026-11-21`. */
    cause: text('cause').notNull(),
    title: text('title').notNull(),
    body: text('body').notNull().default(''),
    /** Path inside the portal. */
    href: text('href').notNull(),
    at: at('at').notNull().defaultNow(),
    readAt: at('read_at'),
  },
  (table) => [
    unique('notifications_once').on(table.memberId, table.cause),
    index('notifications_member').on(table.memberId, table.id.desc()),
    foreignKey({ columns: [table.teamId, table.memberId], foreignColumns: [members.teamId, members.id] }),
  ],
);

/** What a member chose; without a row a kind is shown and mailed. */
export const notificationSettings = pgTable(
  'notification_settings',
  {
    teamId: uuid('team_id').notNull(),
    memberId: uuid('member_id').notNull(),
    kind: text('kind').notNull(),
    shown: boolean('shown').notNull().default(true),
    mailed: boolean('mailed').notNull().default(true),
  },
  (table) => [
    primaryKey({ columns: [table.memberId, table.kind] }),
    foreignKey({ columns: [table.teamId, table.memberId], foreignColumns: [members.teamId, members.id] }),
  ],
);
