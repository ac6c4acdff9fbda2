import { and, eq, gt, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import type { Queryable } from '#db/client.ts';
import { outbox } from '#db/schema/mail.ts';
import type { Template } from './enqueue.ts';

/** Emails of one kind queued within the last hour, for one address or all. Exact until commit if the caller holds a lock. */
export function mailedLastHour(tx: Queryable, template: Template, recipient?: string): Promise<number> {
  // IDs are ordered by time, which limits the part of the table that is read.
  const since = v7({ msecs: Date.now() - 2 * 3_600_000, random: new Uint8Array(16) });
  return tx.$count(
    outbox,
    and(
      gt(outbox.id, since),
      recipient === undefined ? undefined : eq(outbox.recipient, recipient),
      eq(outbox.template, template),
      gt(outbox.createdAt, sql`now() - interval '1 hour'`),
    ),
  );
}
