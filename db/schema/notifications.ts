import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  foreignKey,
  index,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { at, id, oneOf } from './columns.ts';
import { members } from './teams.ts';

/** The kinds of notifications, each with its own setting. */
export const NOTIFICATION_KINDS = ['quota', 'errors', 'refusals', 'expiry', 'exposure'] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/** A notification of a member. Each cause is stored once per member. */
export const notifications = pgTable(
  'notifications',
  {
    id: id(),
    teamId: uuid('team_id').notNull(),
    memberId: uuid('member_id').notNull(),
    kind: text('kind').$type<NotificationKind>().notNull(),
    /** Identifies the event, for example `quota_80:2026-11-21`. */
    cause: text('cause').notNull(),
    title: text('title').notNull(),
    body: text('body').notNull().default(''),
    /** A path in the portal. */
    href: text('href').notNull(),
    at: at('at').notNull().defaultNow(),
    readAt: at('read_at'),
  },
  (table) => [
    check('notifications_kind_known', sql`${table.kind} in (${oneOf(NOTIFICATION_KINDS)})`),
    unique('notifications_once').on(table.memberId, table.cause),
    index('notifications_member').on(table.memberId, table.id.desc()),
    foreignKey({ columns: [table.teamId, table.memberId], foreignColumns: [members.teamId, members.id] }),
  ],
);

/** The notification settings of a member. Without a row, a kind is shown and emailed. */
export const notificationSettings = pgTable(
  'notification_settings',
  {
    teamId: uuid('team_id').notNull(),
    memberId: uuid('member_id').notNull(),
    kind: text('kind').$type<NotificationKind>().notNull(),
    shown: boolean('shown').notNull().default(true),
    mailed: boolean('mailed').notNull().default(true),
  },
  (table) => [
    check('notification_settings_kind_known', sql`${table.kind} in (${oneOf(NOTIFICATION_KINDS)})`),
    primaryKey({ columns: [table.memberId, table.kind] }),
    foreignKey({ columns: [table.teamId, table.memberId], foreignColumns: [members.teamId, members.id] }),
  ],
);
