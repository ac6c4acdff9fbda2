import { hostname } from 'node:os';
import type postgres from 'postgres';
import { ACCESS_CHANNEL, type AccessChange } from '#lib/access/epoch.ts';

/**
 * A gateway process's lease and its share in confirmed revocation. While the lease lives the process may answer
 * from memory, because everybody who takes access away waits for its acknowledgement. The lease is counted on
 * the monotonic clock from before the renewal was sent, so it ends here no later than in the database.
 */
export type Lease = {
  readonly nodeId: string;
  isLive(): boolean;
  /** Milliseconds since the epoch by the database's clock, whatever this machine's says. */
  nowMs(): number;
  stop(): Promise<void>;
};

type Options = {
  sql: postgres.Sql;
  /** A pool that keeps sessions, for LISTEN. */
  listenSql: postgres.Sql;
  nodeId: string;
  mount: 'node' | 'next';
  leaseSeconds: number;
  /** Applies one change; once it resolves the change counts as acknowledged. */
  apply: (change: AccessChange) => void | Promise<void>;
  /** Applies "anything may have changed": some announcement was missed. */
  applyAll: () => void | Promise<void>;
};

const RENEW_EVERY_MS = 1_000;

type Renewal = { epoch: string; now_ms: string };

/** Registers the process, renews its lease every second and follows access changes until stopped. */
export async function holdLease(options: Options): Promise<Lease> {
  const { sql, listenSql, nodeId, leaseSeconds } = options;
  let liveUntil = 0;
  let applied = -1;
  let clockOffsetMs = Date.now() - performance.now();
  let stopped = false;
  // Changes are applied one after the other, in the order of their epochs.
  let queue: Promise<void> = Promise.resolve();

  async function renew(): Promise<void> {
    const sentAt = performance.now();
    const [row] = await sql<Renewal[]>`
      insert into gateway_nodes (id, mount, host, pid, lease_until, epoch_seen)
      values (${nodeId}, ${options.mount}, ${hostname()}, ${process.pid}, clock_timestamp() + make_interval(secs => ${leaseSeconds}), -1)
      on conflict (id) do update set lease_until = excluded.lease_until where gateway_nodes.stopped_at is null
      returning (select epoch from access_epoch) as epoch, extract(epoch from clock_timestamp()) * 1000 as now_ms`;
    if (!row || stopped) return;
    const receivedAt = performance.now();
    clockOffsetMs = Number(row.now_ms) - (sentAt + receivedAt) / 2;
    await enqueue(() => catchUp(Number(row.epoch)));
    if (!stopped) liveUntil = sentAt + leaseSeconds * 1000;
  }

  /** An epoch seen in the database but not by notification: what it changed is unknown, so all of it goes. */
  async function catchUp(epoch: number): Promise<void> {
    if (epoch <= applied) return;
    await options.applyAll();
    applied = epoch;
    await acknowledge();
  }

  async function onNotice(payload: string): Promise<void> {
    const [epochText = '', kind = '', id = ''] = payload.split(' ');
    const epoch = Number(epochText);
    if (!Number.isSafeInteger(epoch) || epoch <= applied) return;
    if (epoch > applied + 1) await options.applyAll();
    else await options.apply({ kind: kind as AccessChange['kind'], id }); // An unknown kind forgets nothing but is still in order.
    applied = epoch;
    await acknowledge();
  }

  async function acknowledge(): Promise<void> {
    await sql`update gateway_nodes set epoch_seen = ${applied} where id = ${nodeId} and epoch_seen < ${applied}`;
  }

  function enqueue(step: () => Promise<void>): Promise<void> {
    const done = queue.then(step);
    queue = done.catch(() => {}); // The renewal reports it; an unapplied epoch is caught up with at the next one.
    return done;
  }

  await renew();
  const subscription = await listenSql.listen(
    ACCESS_CHANNEL,
    (payload) => void enqueue(() => onNotice(payload)).catch(() => {}),
    // Runs at every reconnection too: whatever was announced meanwhile is caught up with at once.
    () => void renew().catch(() => {}),
  );

  const timer = setInterval(() => {
    if (renewing || stopped) return;
    renewing = true;
    void renew()
      .catch(() => {})
      .finally(() => {
        renewing = false;
      });
  }, RENEW_EVERY_MS);
  let renewing = false;
  timer.unref();

  return {
    nodeId,
    isLive: () => performance.now() < liveUntil,
    nowMs: () => performance.now() + clockOffsetMs,
    async stop() {
      stopped = true;
      liveUntil = 0;
      clearInterval(timer);
      await subscription.unlisten().catch(() => {});
      await sql`update gateway_nodes set stopped_at = now(), lease_until = now() where id = ${nodeId}`.catch(
        () => {},
      );
    },
  };
}
