import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';

/** Rows a statement deletes: a table that was never cleared must not be locked for minutes. */
const BATCH = 5_000;
const BATCHES_MAX = 200;

/**
 * What may go, by the database's clock. Of a user's sessions the newest stays, since it tells when he was last here;
 * of the gateways those stay whose calls have no end recorded yet.
 */
const DISPENSABLE: Readonly<Record<string, { table: SQL; where: SQL }>> = {
  'tester tickets': { table: sql`tester_tickets`, where: sql`expires_at < now() - interval '1 hour'` },
  sessions: {
    table: sql`sessions`,
    where: sql`expires_at < now() - interval '90 days' and exists (
      select 1 from sessions newer where newer.user_id = sessions.user_id and newer.last_seen_at > sessions.last_seen_at)`,
  },
  'account links': { table: sql`account_tokens`, where: sql`expires_at < now() - interval '30 days'` },
  mails: { table: sql`outbox`, where: sql`sent_at < now() - interval '30 days'` },
  gateways: {
    table: sql`gateway_nodes`,
    where: sql`greatest(lease_until, stopped_at) < now() - interval '7 days' and not exists (
      select 1 from usage_records where node_id = gateway_nodes.id and outcome = 'open')`,
  },
  'dismissals of findings': {
    table: sql`finding_dismissals`,
    where: sql`until < now() - interval '90 days'`,
  },
  'expiry reminders': { table: sql`credential_reminders`, where: sql`ends_at < now() - interval '1 year'` },
};

/** Deletes what nobody needs any more, in small steps. Answers how many rows of each went. */
export async function prune({ db }: { db: Queryable }): Promise<Record<string, number>> {
  const gone: Record<string, number> = {};
  for (const [what, { table, where }] of Object.entries(DISPENSABLE)) {
    gone[what] = 0;
    for (let batch = 0; batch < BATCHES_MAX; batch++) {
      const rows = await db.execute(
        sql`delete from ${table} where ctid in (select ctid from ${table} where ${where} limit ${BATCH}) returning 1`,
      );
      gone[what] += rows.length;
      if (rows.length < BATCH) break;
    }
  }
  return gone;
}
