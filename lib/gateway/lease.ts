import type postgres from 'postgres';
import { ACCESS_CHANNEL, type AccessChange } from '#lib/access/epoch.ts';
import { log } from '#lib/process/log.ts';
import { followEpochs } from './epoch-follower.ts';
import { openLeaseClock } from './lease-clock.ts';
import { acknowledgeEpoch, deleteOldRows, endRow, renewRow, resetEpoch } from './lease-row.ts';
import { openListener } from './listener.ts';
import { openThrottledLog } from './throttled-log.ts';

/**
 * A gateway process's lease and its part in confirmed revocation. While the lease is live, the process can use its cache,
 * because every change that removes access waits for its acknowledgment.
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
const RENEWING_FAILED = 'Renewing the gateway lease failed';

/** Registers the process, renews its lease every second and follows access changes until stopped. */
export async function holdLease(options: Options): Promise<Lease> {
  const lease = new HeldLease(options);
  await lease.start();
  return lease;
}

class HeldLease implements Lease {
  readonly nodeId: string;
  readonly isLive: () => boolean;
  readonly isReachable: () => boolean;
  readonly ageMs: () => number;
  readonly nowMs: () => number;
  readonly liveNodes = () => this.#liveNodes;
  readonly stop = () => (this.#ending ??= this.#end());
  readonly listen: Lease['listen'] = (channel, onPayload) => this.#listener.listen(channel, onPayload);

  readonly #options: Options;
  readonly #pulse: string;
  readonly #clock: ReturnType<typeof openLeaseClock>;
  readonly #epochs: ReturnType<typeof followEpochs>;
  readonly #listener: ReturnType<typeof openListener>;
  readonly #log = openThrottledLog();
  #sql: postgres.Sql;
  #liveNodes = 1;
  #unheardSince = 0;
  #cleanAt = 0;
  #stopped = false;
  #ending: Promise<void> | undefined;
  #stopTicking = () => {};

  constructor(options: Options) {
    const { nodeId, leaseSeconds } = options;
    this.#options = options;
    this.nodeId = nodeId;
    this.#pulse = `latchkey_pulse_${nodeId.replaceAll('-', '')}`;
    this.#sql = options.open();
    this.#listener = openListener(options.openListening);
    this.#clock = openLeaseClock(leaseSeconds);
    this.#epochs = followEpochs({
      ...options,
      acknowledge: (epoch) => acknowledgeEpoch(this.#sql, nodeId, epoch),
      reset: (epoch) => resetEpoch(this.#sql, nodeId, epoch),
    });
    const { isLive, isReachable, ageMs, nowMs } = this.#clock;
    [this.isLive, this.isReachable, this.ageMs, this.nowMs] = [isLive, isReachable, ageMs, nowMs];
  }

  async start(): Promise<void> {
    await this.#renew();
    await this.#listener.listen(this.#pulse, () => {
      this.#unheardSince = 0;
    });
    const { nodeId } = this;
    await this.#listener.listen(
      ACCESS_CHANNEL,
      (payload) =>
        void this.#epochs
          .notice(payload)
          .catch((err: unknown) => this.#log.error({ err, nodeId }, 'An access change was not acknowledged')),
      // Also runs at every reconnect: changes announced in between are applied now.
      () => void this.#renew().catch((err: unknown) => this.#log.error({ err, nodeId }, RENEWING_FAILED)),
    );
    this.#stopTicking = everySecond(() => this.#tick(), this.#clock.watch);
  }

  async #renew(): Promise<void> {
    const sent = this.#clock.sending();
    const before = this.#epochs.state();
    const row = await renewRow(this.#sql, this.#options, this.#pulse);
    if (!row || this.#stopped) return;
    this.#clock.received(sent, row.nowMs);
    this.#liveNodes = row.live;
    this.#unheardSince ||= performance.now();
    // The database doesn't know what this process has seen and acknowledged: a backup was restored.
    if (row.epoch < before.applied || row.epochSeen < before.acknowledged) {
      this.#clock.expire();
      log.warn(
        { nodeId: this.nodeId },
        'The database was restored to an earlier state. Reloading everything',
      );
      await this.#epochs.startOver(row.epoch);
    } else {
      // Without a lease, nothing waited for this process, and the epoch may be older than the last confirmation.
      await this.#epochs.catchUp(row.epoch, !this.isLive());
    }
    if (!this.#stopped) this.#clock.renewed(sent);
  }

  /** A renewal that times out is abandoned together with its connection, which may hang forever. */
  async #renewInTime(): Promise<void> {
    const timeoutMs = Math.min(RENEW_TIMEOUT_MS, (this.#options.leaseSeconds * 1_000) / 2);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), timeoutMs);
    });
    const renewal = this.#renew();
    renewal.catch(() => {}); // Reported by `#tick`, unless it comes after the timeout.
    const outcome = await Promise.race([renewal, late]).finally(() => clearTimeout(timer));
    if (outcome !== 'late' || this.#stopped) return;
    this.#clock.failed();
    const hung = this.#sql;
    this.#sql = this.#options.open();
    this.#options.onHung?.();
    this.#log.error({ nodeId: this.nodeId, timeoutMs }, 'Renewing the gateway lease timed out');
    await hung.end({ timeout: 0 }).catch((err: unknown) => log.warn({ err }, 'Closing a connection failed'));
  }

  async #clean(): Promise<void> {
    if (performance.now() < this.#cleanAt) return;
    this.#cleanAt = performance.now() + CLEAN_EVERY_MS;
    await deleteOldRows(this.#sql);
  }

  async #tick(): Promise<void> {
    const { nodeId } = this;
    await this.#renewInTime().catch((err: unknown) => {
      this.#clock.failed();
      this.#log.error({ err, nodeId }, RENEWING_FAILED);
    });
    await this.#clean().catch((err: unknown) => this.#log.warn({ err }, 'Deleting old gateway rows failed'));
    const silentMs = this.#unheardSince === 0 ? 0 : performance.now() - this.#unheardSince;
    if (silentMs < SILENCE_MS || this.#stopped) return;
    this.#unheardSince = 0;
    this.#log.warn({ nodeId }, "The LISTEN connection isn't responding. Replacing it");
    this.#listener
      .reopen()
      .catch((err: unknown) => this.#log.warn({ err }, 'Replacing the LISTEN connection failed'));
  }

  async #end(): Promise<void> {
    this.#stopped = true;
    this.#clock.expire();
    this.#stopTicking();
    await this.#listener.stop();
    await endRow(this.#sql, this.nodeId).catch((err: unknown) =>
      log.warn({ err, nodeId: this.nodeId }, 'Ending the gateway lease failed. It expires on its own'),
    );
    await this.#sql.end({ timeout: 1 });
  }
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
