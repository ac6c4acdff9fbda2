import { index, pgEnum, pgTable } from 'drizzle-orm/pg-core';
import { at, bytea, id } from './columns.ts';

export const throttleKind = pgEnum('throttle_kind', [
  'sign_in',
  'sign_up',
  'invitation_address',
  'invitation_team',
  'exposure_notice',
]);

/** Events that are limited to a number in a period. `key` is the SHA-256 of what the limit applies to. */
export const throttleEvents = pgTable(
  'throttle_events',
  {
    id: id(),
    kind: throttleKind('kind').notNull(),
    key: bytea('key').notNull(),
    at: at('at').notNull().defaultNow(),
  },
  (table) => [
    index('throttle_events_key').on(table.kind, table.key, table.at),
    index('throttle_events_at').on(table.at),
  ],
);
