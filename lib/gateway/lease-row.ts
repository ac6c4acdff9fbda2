import { hostname } from 'node:os';
import type postgres from 'postgres';

/** Rows of stopped processes are kept this long, to investigate incidents. */
const KEEP_NODES = '1 day';

type Node = { readonly nodeId: string; readonly mount: 'node' | 'next'; readonly leaseSeconds: number };

export type Renewal = {
  readonly epoch: number;
  /** What this process had acknowledged, according to the database. */
  readonly epochSeen: number;
  readonly nowMs: number;
  /** Processes with a live lease, this one included. */
  readonly live: number;
};

/** Inserts or extends the lease and notifies `pulse`. Null once the lease has been ended. */
export async function renewRow(
  sql: postgres.Sql,
  { nodeId, mount, leaseSeconds }: Node,
  pulse: string,
): Promise<Renewal | null> {
  const [row] = await sql<{ epoch: string; epoch_seen: string; now_ms: string; live: number }[]>`
    insert into gateway_nodes (id, mount, host, pid, lease_until, epoch_seen)
    values (${nodeId}, ${mount}, ${hostname()}, ${process.pid}, clock_timestamp() + make_interval(secs => ${leaseSeconds}), -1)
    on conflict (id) do update set lease_until = excluded.lease_until where gateway_nodes.stopped_at is null
    returning (select epoch from access_epoch) as epoch, epoch_seen, extract(epoch from clock_timestamp()) * 1000 as now_ms,
      (select count(*)::int + 1 from gateway_nodes o where o.stopped_at is null and o.lease_until > clock_timestamp() and o.id <> ${nodeId}) as live,
      pg_notify(${pulse}, '') is null as notified`;
  if (!row) return null;
  return {
    epoch: Number(row.epoch),
    epochSeen: Number(row.epoch_seen),
    nowMs: Number(row.now_ms),
    live: row.live,
  };
}

export async function acknowledgeEpoch(sql: postgres.Sql, nodeId: string, epoch: number): Promise<void> {
  await sql`update gateway_nodes set epoch_seen = ${epoch} where id = ${nodeId} and epoch_seen < ${epoch}`;
}

/** Sets an epoch that may be lower than the stored one, after a backup was restored. */
export async function resetEpoch(sql: postgres.Sql, nodeId: string, epoch: number): Promise<void> {
  await sql`update gateway_nodes set epoch_seen = ${epoch} where id = ${nodeId}`;
}

export async function endRow(sql: postgres.Sql, nodeId: string): Promise<void> {
  await sql`update gateway_nodes set stopped_at = now(), lease_until = now() where id = ${nodeId}`;
}

export async function deleteOldRows(sql: postgres.Sql): Promise<void> {
  await sql`delete from gateway_nodes where lease_until < now() - ${KEEP_NODES}::interval`;
}
