import { hostname } from 'node:os';
import type postgres from 'postgres';
import { ACCESS_CHANNEL, type AccessChange } from '#lib/access/epoch.ts';
import { openListener } from './listener.ts';

/**
 * A gateway process's lease and its share in confirmed revocation. While the lease lives the process may answer
 * from memory, because everybody who takes access away waits for its acknowledgement. The lease is counted on
 * the monotonic clock from before the renewal was sent, so it ends here no later than in the database; a process that
 * was stopped meanwhile finds it ended when it wakes.
 */
export type Lease = {
  readonly nodeId: string;
  isLive(): boolean;
  /** Milliseconds since the epoch by the database's clock, whatever this machine's says. */
  nowMs(): number;
  /** Processes with a live lease at the last renewal, this one included. */
  liveNodes(): number;
  /** Listens on a further channel, for as long as the lease is held. */
  listen(channel: string, onPayload: (payload: string) => void): Promise<void>;
  stop(): Promise<void>;
};

type Options = {
  /** Opens a pool of one connection: the lease's own, so that no other work can hold a renewal up. */
  open: () => postgres.Sql;
  /** The same for LISTEN, on a pool that keeps sessions. */
  openListening: () => postgres.Sql;
  nodeId: string;
  mount: 'node' | 'next';
  leaseSeconds: number;
  /** Applies one change; once it resolves the change counts as acknowledged. */
  apply: (change: AccessChange) => void | Promise<void>;
  /** Applies "anything may have changed": some announcement was missed. */
  applyAll: () => void | Promise<void>;
  /** The database went back to an earlier state: a backup was restored. `applyAll` follows. */
  onRestored?: () => void | Promise<void>;
  /** A renewal had no answer in time: other connections may hang, too. */
  onHung?: () => void;
};

const RENEW_EVERY_MS = 1_000;
const RENEW_TIMEOUT_MS = 5_000;
/** LISTEN is deaf when a renewal's notification to its own process takes longer. */
const SILENCE_MS = 3_000;
/** Rows of processes that are gone are kept so long, for whoever looks into what happened. */
const KEEP_NODES = '1 day';
const CLEAN_EVERY_MS = 3_600_000;

type Renewal = { epoch: string; epoch_seen: string; now_ms: string; live: number };

/** Registers the process, renews its lease every second and follows access changes until stopped. */
export async function holdLease(options: Options): Promise<Lease> {
  const { nodeId, leaseSeconds } = options;
  const pulse = `latchkey_pulse_${nodeId.replaceAll('-', '')}`;
  const timeoutMs = Math.min(RENEW_TIMEOUT_MS, (leaseSeconds * 1_000) / 2);
  let sql = options.open();
  const listener = openListener(options.openListening);
  let liveUntil = 0;
  let liveUntilWall = 0;
  let applied = -1;
  let acknowledged = -1;
  let liveNodes = 1;
  let unheardSince = 0;
  let cleanAt = 0;
  let clockOffsetMs = Date.now() - performance.now();
  let stopped = false;
  // Changes are applied one after the other, in the order of their epochs.
  let queue: Promise<void> = Promise.resolve();

  // The wall clock too: the monotonic one stands still while a machine sleeps.
  const isLive = () => performance.now() < liveUntil && Date.now() < liveUntilWall;

  async function renew(): Promise<void> {
    const [sentAt, sentAtWall] = [performance.now(), Date.now()];
    const [appliedBefore, acknowledgedBefore] = [applied, acknowledged];
    const [row] = await sql<Renewal[]>`
      insert into gateway_nodes (id, mount, host, pid, lease_until, epoch_seen)
      values (${nodeId}, ${options.mount}, ${hostname()}, ${process.pid}, clock_timestamp() + make_interval(secs => ${leaseSeconds}), -1)
      on conflict (id) do update set lease_until = excluded.lease_until where gateway_nodes.stopped_at is null
      returning (select epoch from access_epoch) as epoch, epoch_seen, extract(epoch from clock_timestamp()) * 1000 as now_ms,
        (select count(*)::int + 1 from gateway_nodes o where o.stopped_at is null and o.lease_until > clock_timestamp() and o.id <> ${nodeId}) as live,
        pg_notify(${pulse}, '') is null as told`;
    if (!row || stopped) return;
    const receivedAt = performance.now();
    clockOffsetMs = Number(row.now_ms) - (sentAt + receivedAt) / 2;
    liveNodes = row.live;
    unheardSince ||= receivedAt;
    // What this process has seen and said is gone from the database: it is another one than before.
    const isRestored = Number(row.epoch) < appliedBefore || Number(row.epoch_seen) < acknowledgedBefore;
    // While it had none nobody waited for it, and the epoch just read may be older than what was confirmed without it.
    const hasLapsed = !isLive();
    await enqueue(() => (isRestored ? beginAnew(Number(row.epoch)) : catchUp(Number(row.epoch), hasLapsed)));
    if (stopped) return;
    liveUntil = sentAt + leaseSeconds * 1000;
    liveUntilWall = sentAtWall + leaseSeconds * 1000;
  }

  /**
   * An epoch seen in the database but not by notification: what it changed is unknown, so all of it goes. An
   * acknowledgement that failed is given again: somebody waits for it.
   */
  async function catchUp(epoch: number, hasLapsed: boolean): Promise<void> {
    if (epoch > applied || hasLapsed) {
      await options.applyAll();
      applied = Math.max(applied, epoch);
    }
    if (acknowledged < applied) await acknowledge();
  }

  async function beginAnew(epoch: number): Promise<void> {
    liveUntil = 0;
    await options.onRestored?.();
    await options.applyAll();
    applied = epoch;
    await sql`update gateway_nodes set epoch_seen = ${applied} where id = ${nodeId}`;
    acknowledged = applied;
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
    acknowledged = applied;
  }

  function enqueue(step: () => Promise<void>): Promise<void> {
    const done = queue.then(step);
    queue = done.catch(() => {}); // The renewal reports it; an unapplied epoch is caught up with at the next one.
    return done;
  }

  /** A renewal that has no answer in time is given up together with its connection, which may be a black hole. */
  async function renewInTime(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), timeoutMs);
    });
    const renewal = renew();
    renewal.catch(() => {}); // Given up on, it may still fail.
    const outcome = await Promise.race([renewal, late]).finally(() => clearTimeout(timer));
    if (outcome !== 'late' || stopped) return;
    const hung = sql;
    sql = options.open();
    options.onHung?.();
    await hung.end({ timeout: 0 }).catch(() => {});
  }

  async function clean(): Promise<void> {
    if (performance.now() < cleanAt) return;
    cleanAt = performance.now() + CLEAN_EVERY_MS;
    await sql`delete from gateway_nodes where lease_until < now() - ${KEEP_NODES}::interval`;
  }

  async function tick(): Promise<void> {
    await renewInTime().catch(() => {});
    await clean().catch(() => {});
    if (unheardSince === 0 || performance.now() - unheardSince < SILENCE_MS || stopped) return;
    unheardSince = 0;
    void listener.reopen().catch(() => {}); // Still silent: it is tried again.
  }

  await renew();
  await listener.listen(pulse, () => {
    unheardSince = 0;
  });
  await listener.listen(
    ACCESS_CHANNEL,
    (payload) => void enqueue(() => onNotice(payload)).catch(() => {}),
    // Runs at every reconnection too: whatever was announced meanwhile is caught up with at once.
    () => void renew().catch(() => {}),
  );

  let renewing = false;
  const timer = setInterval(() => {
    if (renewing || stopped) return;
    renewing = true;
    void tick().finally(() => {
      renewing = false;
    });
  }, RENEW_EVERY_MS);
  timer.unref();

  return {
    nodeId,
    isLive,
    nowMs: () => performance.now() + clockOffsetMs,
    liveNodes: () => liveNodes,
    listen: (channel, onPayload) => listener.listen(channel, onPayload),
    async stop() {
      stopped = true;
      liveUntil = 0;
      clearInterval(timer);
      await listener.stop();
      await sql`update gateway_nodes set stopped_at = now(), lease_until = now() where id = ${nodeId}`.catch(
        () => {},
      );
      await sql.end({ timeout: 1 });
    },
  };
}
