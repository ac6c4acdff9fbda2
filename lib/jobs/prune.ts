import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';

/** Rows per statement, so that a large table isn't locked for minutes. */
const BATCH = 5_000;
const BATCHES_MAX = 200;

/**
 * The rows to delete, by the database's clock. Each user's newest session is kept, because it shows when they were last
 * active. Gateways are kept while they have requests in progress.
 */
const EXPENDABLE: Readonly<Record<string, { table: SQL; where: SQL }>> = {
  'tester tickets': { table: sql`tester_tickets`, where: sql`expires_at < now() - interval '1 hour'` },
  sessions: {
    table: sql`sessions`,
    where: sql`expires_at < now() - interval '90 days' and exists (
      select 1 from sessions newer where newer.user_id = sessions.user_id and newer.last_seen_at > sessions.last_seen_at)`,
  },
  'account links': { table: sql`account_tokens`, where: sql`expires_at < now() - interval '30 days'` },
  emails: { table: sql`outbox`, where: sql`sent_at < now() - interval '30 days'` },
  'throttle events': { table: sql`throttle_events`, where: sql`at < now() - interval '2 days'` },
  'sign-in throttles': { table: sql`sign_in_throttles`, where: sql`updated_at < now() - interval '7 days'` },
  gateways: {
    table: sql`gateway_nodes`,
    where: sql`greatest(lease_until, stopped_at) < now() - interval '7 days' and not exists (
      select 1 from usage_records where node_id = gateway_nodes.id and outcome = 'open')`,
  },
  'finding dismissals': {
    table: sql`finding_dismissals`,
    where: sql`until < now() - interval '90 days'`,
  },
  'expiry reminders': { table: sql`credential_reminders`, where: sql`ends_at < now() - interval '1 year'` },
};

/** Deletes rows that are no longer needed, in batches. Returns the number of deleted rows per kind. */
export async function prune({ db }: { db: Queryable }): Promise<Record<string, number>> {
  const deleted: Record<string, number> = {};
  for (const [name, { table, where }] of Object.entries(EXPENDABLE)) {
    deleted[name] = 0;
    for (let batch = 0; batch < BATCHES_MAX; batch++) {
      const rows = await db.execute(
        sql`delete from ${table} where ctid in (select ctid from ${table} where ${where} limit ${BATCH}) returning 1`,
      );
      deleted[name] += rows.length;
      if (rows.length < BATCH) break;
    }
  }
  return deleted;
}
