import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, pgEnum, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { at, id } from './columns.ts';
import { plans } from './plans.ts';
import { teams } from './teams.ts';

/** The kinds of changes that can lower log retention. */
export const retentionCause = pgEnum('retention_cause', [
  'team_limits',
  'team_plan',
  'plan_limits',
  'default_plan',
]);

/**
 * A change that lowered log retention. The affected requests are kept until `due_at`, and it can be undone until then.
 * What it replaced depends on the cause: a team's custom retention, a team's plan, a plan's retention, the default plan.
 */
export const retentionChanges = pgTable(
  'retention_changes',
  {
    id: id(),
    cause: retentionCause('cause').notNull(),
    /** The team, for changes of one team. */
    teamId: uuid('team_id').references(() => teams.id),
    /** The plan that was edited or became the default. */
    planId: uuid('plan_id').references(() => plans.id, { onDelete: 'set null' }),
    daysBefore: integer('days_before'),
    daysAfter: integer('days_after'),
    planBefore: uuid('plan_before'),
    planAfter: uuid('plan_after'),
    /** Requests that were to be deleted at the time of the change. */
    requests: bigint('requests', { mode: 'number' }).notNull(),
    /** Name and email of the operator, or "operator" for the command line. */
    actor: text('actor').notNull(),
    createdAt: at('created_at').notNull().defaultNow(),
    dueAt: at('due_at').notNull(),
    /** When it was undone, or when a later change raised the retention again. */
    canceledAt: at('canceled_at'),
  },
  (table) => [
    index('retention_changes_pending').on(table.dueAt).where(sql`${table.canceledAt} is null`),
    check(
      'retention_changes_team',
      sql`(${table.teamId} is not null) = (${table.cause} in ('team_limits', 'team_plan'))`,
    ),
  ],
);

/** How long the requests of a team were kept before a change. Until the change is due, they still are. */
export const retentionHolds = pgTable(
  'retention_holds',
  {
    changeId: uuid('change_id')
      .notNull()
      .references(() => retentionChanges.id, { onDelete: 'cascade' }),
    teamId: uuid('team_id')
      .notNull()
      .references(() => teams.id),
    keepDays: integer('keep_days').notNull(),
    requests: bigint('requests', { mode: 'number' }).notNull(),
    until: at('until').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.changeId, table.teamId] }),
    index('retention_holds_team').on(table.teamId, table.until),
  ],
);
