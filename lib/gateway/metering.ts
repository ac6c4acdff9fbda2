import type postgres from 'postgres';
import { type ShipperStatus, startShipper } from '#lib/metering/ship.ts';
import { openSpool, type SpoolHealth } from '#lib/metering/spool.ts';
import { log } from '#lib/process/log.ts';
import { openQuota } from '#lib/quota/allowance.ts';
import { restoreGrants, settleGrants } from '#lib/quota/day-rows.ts';
import { yesterdayOf } from './day-clock.ts';
import { healthMetrics, startHealthReports } from './report-health.ts';

export type MeteringOptions = {
  sql: postgres.Sql;
  nodeId: string;
  clock: { nowMs(): number; day(): string };
  /** Subscribes to a channel for as long as the lease is held. */
  listen: (channel: string, onPayload: (payload: string) => void) => Promise<void>;
  spoolDir: string;
  durability: 'disk' | 'process';
  /** For how long, and up to how many bytes, shipped usage is kept in case the database loses commits. */
  keep: { forMs: number; bytesMax: number };
  /** Restarts after a crash so far. */
  restarts: () => number;
};

/** Requests that were in progress when commits were lost are recorded by then. */
const RESTORE_AGAIN_MS = 30_000;

export type Metering = Awaited<ReturnType<typeof startMetering>>;

/** Everything a gateway process records and counts: the spool and its shipping, the quota, and health reports. */
export async function startMetering(options: MeteringOptions) {
  const { sql, nodeId, clock, listen, spoolDir: dir, durability, keep } = options;
  const quota = openQuota({ sql, nodeId, clock, listen });
  const spool = openSpool({ dir, nodeId, durability });
  let hasLostCommits = false;
  let restoring: NodeJS.Timeout | undefined;
  let restored = Promise.resolve();
  const restoreLater = () => {
    clearTimeout(restoring);
    restoring = setTimeout(() => {
      restored = restoreGrants(sql, nodeId).catch((err: unknown) =>
        log.error({ err }, 'Restoring lost quota grants failed'),
      );
    }, RESTORE_AGAIN_MS).unref();
  };
  const shipper = startShipper({
    ...{ sql, spool, dir, nodeId, keep },
    async onAdopted(gone) {
      if (hasLostCommits) await restoreGrants(sql, gone);
      // Its own grants are settled when it stops. Those of earlier days were returned long before.
      const since = yesterdayOf(clock.nowMs());
      await settleGrants(sql, gone, gone === nodeId ? { since } : {});
    },
    onLost() {
      hasLostCommits = true;
      quota.forget();
      restoreLater();
    },
    async onReplayed(owner) {
      await restoreGrants(sql, owner);
      quota.resume();
    },
  });
  await quota.start();
  const health = () => ({ spool: spool.health(), shipper: shipper.status(), restarts: options.restarts() });
  const reports = startHealthReports({ sql, nodeId, read: health });

  return {
    spool,
    quota,
    /** The spool's state, for the readiness page. */
    status: (): SpoolHealth & ShipperStatus => ({ ...shipper.status(), ...spool.health() }),
    /** Lines of the metrics page. */
    metrics: (leaseAgeMs: number): string[] => healthMetrics(health(), leaseAgeMs, reports.installation()),
    /** Call it when no request is in progress. The shipper settles what the quota couldn't return, so it stops last. */
    async stop(): Promise<void> {
      await reports.stop();
      await quota.stop();
      await shipper.stop();
      clearTimeout(restoring);
      await restored;
    },
  };
}
