import { foreignKey, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { at, id } from './columns.ts';
import { credentials } from './credentials.ts';
import { members } from './teams.ts';

/** A used ticket of the API Tester. A second use finds its row. */
export const testerTickets = pgTable(
  'tester_tickets',
  {
    /** The ticket's random part. */
    nonce: text('nonce').primaryKey(),
    expiresAt: at('expires_at').notNull(),
  },
  (table) => [index('tester_tickets_expiry').on(table.expiresAt)],
);

/** What a member sent with the API Tester, to send it again. Never contains credentials. */
export const testerRequests = pgTable(
  'tester_requests',
  {
    /** The request ID of the response, as in the log. */
    id: id(),
    teamId: uuid('team_id').notNull(),
    memberId: uuid('member_id').notNull(),
    credentialId: uuid('credential_id').notNull(),
    endpointId: uuid('endpoint_id').notNull(),
    /** The values of the form: parameters by place and name, body, content type. */
    input: jsonb('input').notNull(),
    at: at('at').notNull().defaultNow(),
  },
  (table) => [
    index('tester_requests_member').on(table.memberId, table.id.desc()),
    foreignKey({ columns: [table.teamId, table.memberId], foreignColumns: [members.teamId, members.id] }),
    foreignKey({
      columns: [table.teamId, table.credentialId],
      foreignColumns: [credentials.teamId, credentials.id],
    }),
  ],
);
