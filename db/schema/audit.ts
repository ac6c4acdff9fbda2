import { index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at, id } from './columns.ts';
import { teams } from './teams.ts';

/** Append-only: a trigger refuses UPDATE and DELETE. */
export const auditEvents = pgTable(
  'audit_events',
  {
    id: id(),
    at: at('at').notNull().defaultNow(),
    teamId: uuid('team_id').references(() => teams.id),
    actorUserId: uuid('actor_user_id'),
    actorMemberId: uuid('actor_member_id'),
    /** Name and e-mail (or "operator", "system") as they were at the time. */
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    subjectKind: text('subject_kind').notNull(),
    subjectId: text('subject_id').notNull(),
    before: jsonb('before'),
    after: jsonb('after'),
    ip: text('ip'),
  },
  (table) => [
    index('audit_events_team_at').on(table.teamId, table.id),
    index('audit_events_actor').on(table.actorUserId, table.id),
  ],
);
