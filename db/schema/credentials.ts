import { sql } from 'drizzle-orm';
import {
  check,
  foreignKey,
  index,
  integer,
  pgEnum,
  pgTable,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { applications } from './applications.ts';
import { at, bytea, id } from './columns.ts';
import { members } from './teams.ts';

export const environment = pgEnum('environment', ['development', 'staging', 'production']);
/** `expired` is not stored: it follows from `expires_at` and the database's clock. */
export const credentialStatus = pgEnum('credential_status', ['active', 'paused', 'revoked']);

/** A key pair. Rows are never deleted: calls with a dead key stay attributable. */
export const credentials = pgTable(
  'credentials',
  {
    id: id(),
    teamId: uuid('team_id').notNull(),
    applicationId: uuid('application_id').notNull(),
    /** Set when it is a member's own key. */
    memberId: uuid('member_id'),
    /** The 16 base62 characters that both halves carry; shown as "Credential ID". */
    keyId: text('key_id').notNull().unique(),
    environment: environment('environment').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    status: credentialStatus('status').notNull().default('active'),
    /** SHA-256 of the whole secret key: 256 random bits need no slow hash (ASVS 6.5.2). */
    secretDigest: bytea('secret_digest').notNull(),
    secretLastFour: text('secret_last_four').notNull(),
    expiresAt: at('expires_at'),
    allowedIps: text('allowed_ips').array().notNull().default(sql`'{}'::text[]`),
    allowedDomains: text('allowed_domains').array().notNull().default(sql`'{}'::text[]`),
    dailyLimit: integer('daily_limit'),
    createdBy: uuid('created_by'),
    createdAt: at('created_at').notNull().defaultNow(),
    pausedAt: at('paused_at'),
    revokedAt: at('revoked_at'),
    revokedBy: uuid('revoked_by'),
  },
  (table) => [
    unique('credentials_team_id').on(table.teamId, table.id),
    index('credentials_application').on(table.applicationId),
    index('credentials_team').on(table.teamId),
    // A member has one key of his own at a time.
    uniqueIndex('credentials_one_own_key')
      .on(table.memberId)
      .where(sql`${table.memberId} is not null and ${table.status} <> 'revoked'`),
    foreignKey({
      columns: [table.teamId, table.applicationId],
      foreignColumns: [applications.teamId, applications.id],
    }),
    foreignKey({ columns: [table.teamId, table.memberId], foreignColumns: [members.teamId, members.id] }),
    foreignKey({ columns: [table.teamId, table.createdBy], foreignColumns: [members.teamId, members.id] }),
    check('credentials_revoked_at', sql`(${table.status} = 'revoked') = (${table.revokedAt} is not null)`),
  ],
);
