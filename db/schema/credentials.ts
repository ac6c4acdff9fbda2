import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { applications } from './applications.ts';
import { at, bytea, id, oneOf } from './columns.ts';
import { members, teams } from './teams.ts';

export const environment = pgEnum('environment', ['development', 'staging', 'production']);
/** `expired` is not stored: it is derived from `expires_at` and the database clock. */
export const credentialStatus = pgEnum('credential_status', ['active', 'paused', 'revoked']);

/** A key pair. Rows are never deleted, so requests with a revoked key can still be attributed. */
export const credentials = pgTable(
  'credentials',
  {
    id: id(),
    teamId: uuid('team_id').notNull(),
    applicationId: uuid('application_id').notNull(),
    /** Set for a member's own key. */
    memberId: uuid('member_id'),
    /** The 16 base62 characters in both the shared and the secret key. Shown as "Credential ID". */
    keyId: text('key_id').notNull().unique(),
    environment: environment('environment').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    status: credentialStatus('status').notNull().default('active'),
    /** SHA-256 of the whole secret key. 256 random bits need no slow hash (ASVS 6.5.2). */
    secretDigest: bytea('secret_digest').notNull(),
    secretLastFour: text('secret_last_four').notNull(),
    expiresAt: at('expires_at'),
    allowedIps: text('allowed_ips').array().notNull().default(sql`'{}'::text[]`),
    allowedDomains: text('allowed_domains').array().notNull().default(sql`'{}'::text[]`),
    /** With allowed domains: whether requests that name no page, such as those of servers, are rejected. */
    originRequired: boolean('origin_required').notNull().default(true),
    dailyLimit: integer('daily_limit'),
    createdBy: uuid('created_by'),
    createdAt: at('created_at').notNull().defaultNow(),
    pausedAt: at('paused_at'),
    revokedAt: at('revoked_at'),
    revokedBy: uuid('revoked_by'),
    /** The key that replaced this one in a rotation. */
    successorId: uuid('successor_id'),
    rotatedAt: at('rotated_at'),
    /** After a rotation: when this key stops working. Null with `retiresAfterFirstUse` until the successor is first used. */
    retiresAt: at('retires_at'),
    retiresAfterFirstUse: boolean('retires_after_first_use').notNull().default(false),
    /** When it was first found exposed. */
    exposedAt: at('exposed_at'),
    /** When a browser last sent this Production key, within an hour, and from which site. */
    pageUsedAt: at('page_used_at'),
    pageOrigin: text('page_origin'),
  },
  (table) => [
    unique('credentials_team_id').on(table.teamId, table.id),
    index('credentials_application').on(table.applicationId),
    index('credentials_team').on(table.teamId),
    index('credentials_pages')
      .on(table.applicationId)
      .where(sql`${table.status} = 'active' and cardinality(${table.allowedDomains}) > 0`),
    index('credentials_expiry').on(table.expiresAt).where(sql`${table.status} <> 'revoked'`),
    index('credentials_retirement')
      .on(table.retiresAt)
      .where(sql`${table.status} <> 'revoked' and ${table.retiresAt} is not null`),
    uniqueIndex('credentials_one_predecessor').on(table.successorId),
    // A member has one own key at a time, besides a rotated one that has not expired yet.
    uniqueIndex('credentials_one_own_key')
      .on(table.memberId)
      .where(
        sql`${table.memberId} is not null and ${table.status} <> 'revoked' and ${table.successorId} is null`,
      ),
    foreignKey({
      columns: [table.teamId, table.applicationId],
      foreignColumns: [applications.teamId, applications.id],
    }),
    foreignKey({ columns: [table.teamId, table.memberId], foreignColumns: [members.teamId, members.id] }),
    foreignKey({ columns: [table.teamId, table.createdBy], foreignColumns: [members.teamId, members.id] }),
    foreignKey({ columns: [table.teamId, table.successorId], foreignColumns: [table.teamId, table.id] }),
    check('credentials_rotated', sql`(${table.successorId} is null) = (${table.rotatedAt} is null)`),
    check('credentials_daily_limit', sql`${table.dailyLimit} >= 1`),
    check('credentials_revoked_at', sql`(${table.status} = 'revoked') = (${table.revokedAt} is not null)`),
  ],
);

export const exposureSource = pgEnum('exposure_source', [
  'secret_scanning',
  'found_key',
  'portal_text',
  'gateway_query',
]);

/** A report of an exposed secret key. Never contains the key itself. */
export const credentialExposures = pgTable(
  'credential_exposures',
  {
    id: id(),
    teamId: uuid('team_id').notNull(),
    credentialId: uuid('credential_id').notNull(),
    source: exposureSource('source').notNull(),
    /** Where it was found: an external URL or a field of the portal. Secrets in it are masked. */
    place: text('place').notNull().default(''),
    note: text('note').notNull().default(''),
    foundAt: at('found_at').notNull().defaultNow(),
    /** Whether the team's policy revoked the key. */
    revoked: boolean('revoked').notNull().default(false),
  },
  (table) => [
    index('credential_exposures_credential').on(table.credentialId, table.id.desc()),
    index('credential_exposures_team').on(table.teamId, table.id.desc()),
    // The same place reported twice is one exposure.
    unique('credential_exposures_once').on(table.credentialId, table.source, table.place),
    foreignKey({
      columns: [table.teamId, table.credentialId],
      foreignColumns: [credentials.teamId, credentials.id],
    }),
  ],
);

/** The emails about the expiration of a key: some days before, and when it has expired. */
export const REMINDER_KINDS = ['expires_14', 'expires_7', 'expires_1', 'expired'] as const;
export type ReminderKind = (typeof REMINDER_KINDS)[number];

/** Sent reminders: each kind once per expiration date. */
export const credentialReminders = pgTable(
  'credential_reminders',
  {
    credentialId: uuid('credential_id')
      .notNull()
      .references(() => credentials.id),
    kind: text('kind').$type<ReminderKind>().notNull(),
    /** The expiration date that it was about. Another date gets its own reminders. */
    endsAt: at('ends_at').notNull(),
    sentAt: at('sent_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.credentialId, table.kind, table.endsAt] }),
    check('credential_reminders_kind_known', sql`${table.kind} in (${oneOf(REMINDER_KINDS)})`),
  ],
);

/** The kinds of security findings, highest weight first. `lib/posture/rules.ts` describes them. */
export const FINDING_KINDS = [
  'exposed_key',
  'rotation_overdue',
  'production_on_page',
  'expires_soon',
  'expired_called',
  'shared_client',
  'production_without_ip',
  'production_without_expiry',
  'unused',
  'production_from_private',
  'new_network',
  'inactive_member',
  'two_factor_not_required',
  'owner_without_two_factor',
  'single_owner',
  'review_overdue',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** A finding that a manager accepts until a date. */
export const findingDismissals = pgTable(
  'finding_dismissals',
  {
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id),
    kind: text('kind').$type<FindingKind>().notNull(),
    /** The row that the finding is about, usually a credential. */
    subjectId: uuid('subject_id').notNull(),
    dismissedBy: uuid('dismissed_by').notNull(),
    dismissedAt: at('dismissed_at').notNull().defaultNow(),
    until: at('until').notNull(),
    note: text('note').notNull().default(''),
  },
  (table) => [
    check('finding_dismissals_kind_known', sql`${table.kind} in (${oneOf(FINDING_KINDS)})`),
    primaryKey({ columns: [table.teamId, table.kind, table.subjectId] }),
    foreignKey({ columns: [table.teamId, table.dismissedBy], foreignColumns: [members.teamId, members.id] }),
  ],
);
