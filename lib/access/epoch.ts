import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';

/** What a gateway process must forget. `catalog` means the routes of every API, `plan` the limits of every team. */
export type AccessChange = {
  kind: 'credential' | 'application' | 'member' | 'team' | 'plan' | 'catalog';
  /** The row's uuid; any text for `catalog`. */
  id: string;
};

/** Channel of `raiseEpoch`: payload `<epoch> <kind> <id>`. */
export const ACCESS_CHANNEL = 'latchkey_access';

/**
 * Announces that access changed, inside the transaction that changes it: the new epoch and the notification
 * become visible at its commit. The row lock puts changes in order, so a process that has applied epoch n has
 * applied all earlier ones. Returns the epoch for `confirmEpoch` after the commit.
 */
export async function raiseEpoch(tx: Queryable, change: AccessChange): Promise<number> {
  const [row] = await tx.execute<{ epoch: string }>(
    sql`update access_epoch set epoch = epoch + 1 returning epoch`,
  );
  const epoch = Number(row?.epoch);
  await tx.execute(sql`select pg_notify(${ACCESS_CHANNEL}, ${`${epoch} ${change.kind} ${change.id}`})`);
  return epoch;
}

/** How far a change has propagated when the verb returns. */
export type Receipt = {
  epoch: number;
  /** Gateway processes that held a live lease. */
  gateways: number;
  /** Of those, how many have applied the change. */
  confirmed: number;
  afterMs: number;
};

/**
 * Waits until every gateway process with a live lease has applied an epoch, or its lease has ended. From then on, no
 * new request is admitted that the change should reject. Call it after the commit.
 */
export async function confirmEpoch(db: Queryable, epoch: number, timeoutMs = 45_000): Promise<Receipt> {
  const start = performance.now();
  let gateways = 0;
  for (;;) {
    const [row] = await db.execute<{ live: string; behind: string }>(sql`
      select count(*) as live, count(*) filter (where epoch_seen < ${epoch}) as behind
      from gateway_nodes where stopped_at is null and lease_until > now()`);
    const behind = Number(row?.behind);
    gateways = Math.max(gateways, Number(row?.live));
    const afterMs = Math.round(performance.now() - start);
    if (behind === 0 || afterMs > timeoutMs)
      return { epoch, gateways, confirmed: gateways - behind, afterMs };
    await new Promise((resolve) => setTimeout(resolve, afterMs < 100 ? 2 : 50));
  }
}
