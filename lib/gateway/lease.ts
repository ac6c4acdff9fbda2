import type postgres from 'postgres';
import { ACCESS_CHANNEL, type AccessChange } from '#lib/access/epoch.ts';
import { log } from '#lib/process/log.ts';
import { followEpochs } from './epoch-follower.ts';
import { openLeaseClock } from './lease-clock.ts';
import { acknowledgeEpoch, deleteOldRows, endRow, renewRow, resetEpoch } from './lease-row.ts';
import { openListener } from './listener.ts';
import { openThrottledLog } from './throttled-log.ts';

/**
 * A gateway process's lease and its part in confirmed revocation. While the lease is live, the process may use its cache,
 * because everyone who takes access away waits for its acknowledgment.
 */
export type Lease = {
  readonly nodeId: string;
  isLive(): boolean;
  /** Whether the database responded to the latest renewal. If not, queries would only wait for their timeout. */
  isReachable(): boolean;
  /** Milliseconds since the lease was last renewed. */
  ageMs(): number;
  /** Milliseconds since the epoch by the database's clock. */
  nowMs(): number;
  /** Processes with a live lease at the latest renewal, this one included. */
  liveNodes(): number;
  /** Listens on another channel for as long as the lease is held. */
  listen(channel: string, onPayload: (payload: string) => void): Promise<void>;
  stop(): Promise<void>;
};

type Options = {
  /** Opens a pool of one connection for renewals, so that no other work can delay them. */
  open: () => postgres.Sql;
  /** The same for LISTEN, on a pool that keeps sessions. */
  openListening: () => postgres.Sql;
  nodeId: string;
  mount: 'node' | 'next';
  leaseSeconds: number;
  apply: (change: AccessChange) => void | Promise<void>;
  applyAll: () => void | Promise<void>;
  onRestored?: () => void | Promise<void>;
  /** A renewal timed out: other connections may hang, too. */
  onHung?: () => void;
};

const RENEW_EVERY_MS = 1_000;
const RENEW_TIMEOUT_MS = 5_000;
/** A LISTEN connection is considered dead if a renewal's notification to its own process takes longer. */
const SILENCE_MS = 3_000;
const CLEAN_EVERY_MS = 3_600_000;

/** Registers the process, renews its lease every second and follows access changes until stopped. */
export async function holdLease(options: Options): Promise<Lease> {
  const { nodeId, leaseSeconds } = options;
  const pulse = `latchkey_pulse_${nodeId.replaceAll('-', '')}`;
  const timeoutMs = Math.min(RENEW_TIMEOUT_MS, (leaseSeconds * 1_000) / 2);
  let sql = options.open();
  const listener = openListener(options.openListening);
  const clock = openLeaseClock(leaseSeconds);
  const quiet = openThrottledLog();
  const epochs = followEpochs({
    ...options,
    acknowledge: (epoch) => acknowledgeEpoch(sql, nodeId, epoch),
    reset: (epoch) => resetEpoch(sql, nodeId, epoch),
  });
  let liveNodes = 1;
  let unheardSince = 0;
  let cleanAt = 0;
  let stopped = false;

  async function renew(): Promise<void> {
    const sent = clock.sending();
    const before = epochs.state();
    const row = await renewRow(sql, options, pulse);
    if (!row || stopped) return;
    clock.received(sent, row.nowMs);
    liveNodes = row.live;
    unheardSince ||= performance.now();
    // The database doesn't know what this process has seen and acknowledged: a backup was restored.
    if (row.epoch < before.applied || row.epochSeen < before.acknowledged) {
      clock.expire();
      log.warn({ nodeId }, 'The database went back to an earlier state. Everything is loaded again');
      await epochs.startOver(row.epoch);
    } else {
      // Without a lease nobody waited for this process, and the epoch may be older than the last confirmation.
      await epochs.catchUp(row.epoch, !clock.isLive());
    }
    if (!stopped) clock.renewed(sent);
  }

  /** A renewal that times out is abandoned together with its connection, which may hang forever. */
  async function renewInTime(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), timeoutMs);
    });
    const renewal = renew();
    renewal.catch(() => {}); // Its error is reported below, unless it comes after the timeout.
    const outcome = await Promise.race([renewal, late]).finally(() => clearTimeout(timer));
    if (outcome !== 'late' || stopped) return;
    clock.failed();
    const hung = sql;
    sql = options.open();
    options.onHung?.();
    quiet.error({ nodeId, timeoutMs }, 'Renewing the gateway lease timed out');
    await hung.end({ timeout: 0 }).catch((err: unknown) => log.warn({ err }, 'Closing a connection failed'));
  }

  async function clean(): Promise<void> {
    if (performance.now() < cleanAt) return;
    cleanAt = performance.now() + CLEAN_EVERY_MS;
    await deleteOldRows(sql);
  }

  async function tick(): Promise<void> {
    await renewInTime().catch((err: unknown) => {
      clock.failed();
      quiet.error({ err, nodeId }, 'Renewing the gateway lease failed');
    });
    await clean().catch((err: unknown) => quiet.warn({ err }, 'Deleting old gateway rows failed'));
    if (unheardSince === 0 || performance.now() - unheardSince < SILENCE_MS || stopped) return;
    unheardSince = 0;
    quiet.warn({ nodeId }, 'The LISTEN connection is silent and is replaced');
    listener.reopen().catch((err: unknown) => quiet.warn({ err }, 'Replacing the LISTEN connection failed'));
  }

  await renew();
  await listener.listen(pulse, () => {
    unheardSince = 0;
  });
  await listener.listen(
    ACCESS_CHANNEL,
    (payload) =>
      void epochs
        .notice(payload)
        .catch((err: unknown) => quiet.error({ err, nodeId }, 'An access change was not acknowledged')),
    // Runs at every reconnect, too: changes announced in between are applied now.
    () =>
      void renew().catch((err: unknown) => quiet.error({ err, nodeId }, 'Renewing the gateway lease failed')),
  );
  const stopTicking = everySecond(tick, clock.watch);

  return {
    nodeId,
    isLive: clock.isLive,
    isReachable: clock.isReachable,
    ageMs: clock.ageMs,
    nowMs: clock.nowMs,
    liveNodes: () => liveNodes,
    listen: (channel, onPayload) => listener.listen(channel, onPayload),
    async stop() {
      stopped = true;
      clock.expire();
      stopTicking();
      await listener.stop();
      await endRow(sql, nodeId).catch((err: unknown) =>
        log.warn({ err, nodeId }, 'Ending the gateway lease failed. It expires on its own'),
      );
      await sql.end({ timeout: 1 });
    },
  };
}

/** Runs `tick` every second unless it is still running, and `watch` in any case. Returns a function that stops it. */
function everySecond(tick: () => Promise<void>, watch: () => void): () => void {
  let running = false;
  let stopped = false;
  const timer = setInterval(() => {
    watch();
    if (running || stopped) return;
    running = true;
    void tick().finally(() => {
      running = false;
    });
  }, RENEW_EVERY_MS);
  timer.unref();
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
