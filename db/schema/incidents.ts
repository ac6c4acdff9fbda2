import { sql } from 'drizzle-orm';
import { foreignKey, index, pgEnum, pgTable, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at, id } from './columns.ts';
import { credentials } from './credentials.ts';
import { members } from './teams.ts';

/** "Key compromised?": revoke, replace, update applications, monitor, report. */
export const incidents = pgTable(
  'incidents',
  {
    id: id(),
    teamId: uuid('team_id').notNull(),
    /** `inc_` and 16 base62 characters. Used in URLs and reports. */
    publicId: text('public_id').notNull().unique(),
    /** The compromised key. */
    credentialId: uuid('credential_id').notNull(),
    /** The replacement key. */
    successorId: uuid('successor_id'),
    /** What the person who opened it wrote. */
    reason: text('reason').notNull().default(''),
    openedBy: uuid('opened_by'),
    openedAt: at('opened_at').notNull().defaultNow(),
    revokedAt: at('revoked_at'),
    replacedAt: at('replaced_at'),
    /** Requests with the revoked key are monitored until then. */
    monitorUntil: at('monitor_until').notNull(),
    reportedAt: at('reported_at'),
    closedAt: at('closed_at'),
    closedBy: uuid('closed_by'),
  },
  (table) => [
    unique('incidents_team_id').on(table.teamId, table.id),
    index('incidents_team').on(table.teamId, table.id.desc()),
    uniqueIndex('incidents_one_open').on(table.credentialId).where(sql`${table.closedAt} is null`),
    foreignKey({
      columns: [table.teamId, table.credentialId],
      foreignColumns: [credentials.teamId, credentials.id],
    }),
    foreignKey({
      columns: [table.teamId, table.successorId],
      foreignColumns: [credentials.teamId, credentials.id],
    }),
    foreignKey({ columns: [table.teamId, table.openedBy], foreignColumns: [members.teamId, members.id] }),
    foreignKey({ columns: [table.teamId, table.closedBy], foreignColumns: [members.teamId, members.id] }),
  ],
);

export const incidentStep = pgEnum('incident_step', [
  'opened',
  'revoked',
  'replaced',
  'updated',
  'note',
  'reported',
  'closed',
  'reopened',
]);

/** The steps of an incident, in order. */
export const incidentEvents = pgTable(
  'incident_events',
  {
    id: id(),
    teamId: uuid('team_id').notNull(),
    incidentId: uuid('incident_id').notNull(),
    step: incidentStep('step').notNull(),
    text: text('text').notNull().default(''),
    memberId: uuid('member_id'),
    at: at('at').notNull().defaultNow(),
  },
  (table) => [
    index('incident_events_incident').on(table.incidentId, table.id),
    foreignKey({
      columns: [table.teamId, table.incidentId],
      foreignColumns: [incidents.teamId, incidents.id],
    }),
    foreignKey({ columns: [table.teamId, table.memberId], foreignColumns: [members.teamId, members.id] }),
  ],
);
