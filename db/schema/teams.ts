import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  pgEnum,
  pgTable,
  pgView,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { sessions, users } from './accounts.ts';
import { at, bytea, id } from './columns.ts';
import { outbox } from './mail.ts';
import { plans } from './plans.ts';

export const teams = pgTable(
  'teams',
  {
    id: id(),
    slug: text('slug').notNull().unique(),
    /** Public identifier, shown as "API ID". Never changes. */
    apiId: text('api_id').notNull().unique(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    /** Null while the team is on the default plan. */
    planId: uuid('plan_id').references(() => plans.id),
    /** Custom limits that override the plan. Null where the plan's limit applies. See `teamLimits`. */
    dailyQuota: integer('daily_quota'),
    burstRequests: integer('burst_requests'),
    burstWindowSeconds: integer('burst_window_seconds'),
    retentionDays: integer('retention_days'),
    membersMax: integer('members_max'),
    applicationsMax: integer('applications_max'),
    /** The part of the daily quota that only Production keys can use. */
    productionReserve: integer('production_reserve').notNull().default(0),
    /** Days after which a key should be rotated. Null for no limit. */
    rotationDaysDevelopment: integer('rotation_days_development'),
    rotationDaysStaging: integer('rotation_days_staging'),
    rotationDaysProduction: integer('rotation_days_production').default(90),
    /** Whether a key found in public is revoked automatically. */
    revokesExposed: boolean('revokes_exposed').notNull().default(true),
    /** Text that members read and confirm. Empty for none. */
    guidelines: text('guidelines').notNull().default(''),
    guidelinesAt: at('guidelines_at'),
    requiresTwoFactor: boolean('requires_two_factor').notNull().default(false),
    /** Days between membership reviews. */
    reviewDays: integer('review_days').notNull().default(90),
    reviewRemindedAt: at('review_reminded_at'),
    createdAt: at('created_at').notNull().defaultNow(),
    /** Deleted teams look absent. Owners can restore them for 30 days. */
    deletedAt: at('deleted_at'),
    deletedBy: uuid('deleted_by'),
  },
  (table) => [
    index('teams_by_name').on(sql`lower(${table.name})`, table.id).where(sql`${table.deletedAt} is null`),
    index('teams_by_creation').on(table.createdAt, table.id).where(sql`${table.deletedAt} is null`),
    check('teams_daily_quota_not_negative', sql`${table.dailyQuota} >= 0`),
    check('teams_burst', sql`(${table.burstRequests} is null) = (${table.burstWindowSeconds} is null)`),
    check('teams_production_reserve_not_negative', sql`${table.productionReserve} >= 0`),
    check('teams_review_days', sql`${table.reviewDays} between 1 and 366`),
  ],
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
    statusAt: at('status_at').notNull().defaultNow(),
    guidelinesConfirmedAt: at('guidelines_confirmed_at'),
    /** Requests per UTC day that the member's own keys can make. Null for no limit. */
    dailyCap: integer('daily_cap'),
    /** When the member last opened a page of this team, and last signed in to it. Other teams' activity isn't counted. */
    lastSeenAt: at('last_seen_at'),
    lastSignInAt: at('last_sign_in_at'),
  },
  (table) => [
    unique('members_team_user').on(table.teamId, table.userId),
    unique('members_team_id').on(table.teamId, table.id),
    index('members_user').on(table.userId),
  ],
);

/** A session in which a member opened this team: what one team can know about a person's sign-ins. */
export const memberVisits = pgTable(
  'member_visits',
  {
    teamId: uuid('team_id').notNull(),
    memberId: uuid('member_id').notNull(),
    sessionId: uuid('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    firstAt: at('first_at').notNull().defaultNow(),
    lastAt: at('last_at').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.memberId, table.sessionId] }),
    foreignKey({ columns: [table.teamId, table.memberId], foreignColumns: [members.teamId, members.id] }),
    index('member_visits_session').on(table.sessionId),
  ],
);

/**
 * A person invited to the team. The link's token is derived from this row and the encryption key, so it can be shown
 * again; only its SHA-256 is stored. Resending raises `generation`, which invalidates the older link.
 */
export const invitations = pgTable(
  'invitations',
  {
    id: id(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id),
    email: text('email').notNull(),
    name: text('name').notNull(),
    role: memberRole('role').notNull(),
    message: text('message').notNull().default(''),
    invitedBy: uuid('invited_by').notNull(),
    generation: integer('generation').notNull().default(1),
    tokenDigest: bytea('token_digest').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    sentAt: at('sent_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
    acceptedAt: at('accepted_at'),
    acceptedBy: uuid('accepted_by'),
    cancelledAt: at('cancelled_at'),
    /** When the invited person found an expired link and requested a new one. */
    askedAgainAt: at('asked_again_at'),
    mailId: uuid('mail_id').references(() => outbox.id, { onDelete: 'set null' }),
  },
  (table) => [
    uniqueIndex('invitations_token_digest_unique').on(table.tokenDigest),
    uniqueIndex('invitations_one_open')
      .on(table.teamId, table.email)
      .where(sql`${table.acceptedAt} is null and ${table.cancelledAt} is null`),
    index('invitations_email').on(table.email, table.sentAt),
    foreignKey({ columns: [table.teamId, table.invitedBy], foreignColumns: [members.teamId, members.id] }),
    foreignKey({ columns: [table.teamId, table.acceptedBy], foreignColumns: [members.teamId, members.id] }),
    check('invitations_email_normalised', sql`${table.email} = lower(${table.email})`),
    check('invitations_ended_once', sql`${table.acceptedAt} is null or ${table.cancelledAt} is null`),
  ],
);

/** A review of everyone's membership in a team. */
export const membershipReviews = pgTable(
  'membership_reviews',
  {
    id: id(),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id),
    startedBy: uuid('started_by').notNull(),
    startedAt: at('started_at').notNull().defaultNow(),
    finishedAt: at('finished_at'),
  },
  (table) => [
    unique('membership_reviews_team_id').on(table.teamId, table.id),
    uniqueIndex('membership_reviews_one_open').on(table.teamId).where(sql`${table.finishedAt} is null`),
    foreignKey({ columns: [table.teamId, table.startedBy], foreignColumns: [members.teamId, members.id] }),
  ],
);

export const reviewDecision = pgEnum('review_decision', ['keep', 'suspend', 'remove']);

/** The decision about one member, and the evidence at that time. */
export const reviewDecisions = pgTable(
  'review_decisions',
  {
    teamId: uuid('team_id').notNull(),
    reviewId: uuid('review_id').notNull(),
    memberId: uuid('member_id').notNull(),
    decision: reviewDecision('decision').notNull(),
    decidedBy: uuid('decided_by').notNull(),
    decidedAt: at('decided_at').notNull().defaultNow(),
    role: memberRole('role').notNull(),
    lastSignInAt: at('last_sign_in_at'),
    lastKeyUseAt: at('last_key_use_at'),
  },
  (table) => [
    primaryKey({ columns: [table.reviewId, table.memberId] }),
    foreignKey({
      columns: [table.teamId, table.reviewId],
      foreignColumns: [membershipReviews.teamId, membershipReviews.id],
    }),
    foreignKey({ columns: [table.teamId, table.memberId], foreignColumns: [members.teamId, members.id] }),
    foreignKey({ columns: [table.teamId, table.decidedBy], foreignColumns: [members.teamId, members.id] }),
  ],
);

/** A team's effective limits: custom limits where set, otherwise the plan's. A view defined in `rules.sql`. */
export const teamLimits = pgView('team_limits', {
  teamId: uuid('team_id').notNull(),
  planId: uuid('plan_id').notNull(),
  planName: text('plan_name').notNull(),
  dailyQuota: integer('daily_quota').notNull(),
  burstRequests: integer('burst_requests').notNull(),
  burstWindowSeconds: integer('burst_window_seconds').notNull(),
  retentionDays: integer('retention_days').notNull(),
  membersMax: integer('members_max'),
  applicationsMax: integer('applications_max'),
}).existing();
