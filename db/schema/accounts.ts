import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { at, bytea, id } from './columns.ts';

export const operatorSource = pgEnum('operator_source', ['configuration', 'command']);

export const users = pgTable(
  'users',
  {
    id: id(),
    email: text('email').notNull(),
    name: text('name').notNull(),
    passwordHash: text('password_hash'),
    emailVerifiedAt: at('email_verified_at'),
    isOperator: boolean('is_operator').notNull().default(false),
    /** How an operator was added. Null for versions that only had `OPERATOR_EMAIL`. */
    operatorSource: operatorSource('operator_source'),
    /** Not written since `sign_in_throttles` exists. A later version drops both. */
    failedSignIns: integer('failed_sign_ins').notNull().default(0),
    throttledUntil: at('throttled_until'),
    /** Device cookies issued before this time are not recognized. */
    devicesValidFrom: at('devices_valid_from'),
    /** TOTP secret (RFC 6238), encrypted. Set when setup begins, used once confirmed. */
    totpSealed: text('totp_sealed'),
    totpConfirmedAt: at('totp_confirmed_at'),
    /** Time step of the last accepted code: each code works once. */
    totpLastStep: bigint('totp_last_step', { mode: 'number' }),
    createdAt: at('created_at').notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('users_email_unique').on(sql`lower(${table.email})`),
    check('users_email_normalised', sql`${table.email} = lower(${table.email})`),
  ],
);

/**
 * Failed passwords and codes of one account from one source: a known device, an address, or a signed-in session. Each
 * source has its own wait, so a stranger's failures don't slow down the owner.
 */
export const signInThrottles = pgTable(
  'sign_in_throttles',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    source: text('source').notNull(),
    failures: integer('failures').notNull().default(0),
    throttledUntil: at('throttled_until'),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.source] }),
    index('sign_in_throttles_updated').on(table.updatedAt),
  ],
);

/** A browser that is signed in. The cookie carries a random token; only its SHA-256 is stored. */
export const sessions = pgTable(
  'sessions',
  {
    id: id(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    tokenDigest: bytea('token_digest').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    lastSeenAt: at('last_seen_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
    endedAt: at('ended_at'),
    endedReason: text('ended_reason'),
    ip: text('ip'),
    userAgent: text('user_agent'),
  },
  (table) => [
    uniqueIndex('sessions_token_digest_unique').on(table.tokenDigest),
    index('sessions_user').on(table.userId),
  ],
);

export const accountTokenKind = pgEnum('account_token_kind', ['verify_email', 'reset_password']);

/** A link sent by email. Single use. Only the SHA-256 of the token is stored. */
export const accountTokens = pgTable(
  'account_tokens',
  {
    id: id(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: accountTokenKind('kind').notNull(),
    tokenDigest: bytea('token_digest').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
    usedAt: at('used_at'),
  },
  (table) => [
    uniqueIndex('account_tokens_digest_unique').on(table.tokenDigest),
    index('account_tokens_user').on(table.userId, table.kind),
  ],
);

/** One-time codes for people who lost their second factor; only their SHA-256 is stored. */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    id: id(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    codeDigest: bytea('code_digest').notNull(),
    usedAt: at('used_at'),
  },
  (table) => [uniqueIndex('recovery_codes_user_digest').on(table.userId, table.codeDigest)],
);
