import { log } from '#lib/process/log.ts';

/** A renewal that takes longer than this shows that the database hangs. */
const RESPONSIVE_MS = 1_000;

type Sent = { readonly at: number; readonly atWall: number };

/**
 * When the lease ends. Measured from before the renewal was sent, so it ends here no later than in the database, and a
 * process that was suspended finds it expired when it wakes up.
 */
export function openLeaseClock(leaseSeconds: number) {
  let liveUntil = 0;
  let liveUntilWall = 0;
  let renewedAt = 0;
  let offsetMs = Date.now() - performance.now();
  let pendingSince = 0;
  let hasFailed = false;
  let wasLive = false;

  // Both clocks count, because the monotonic one stops while a machine sleeps.
  const isLive = () => performance.now() < liveUntil && Date.now() < liveUntilWall;

  return {
    isLive,
    isReachable: () => !hasFailed && (pendingSince === 0 || performance.now() - pendingSince < RESPONSIVE_MS),
    ageMs: () => performance.now() - renewedAt,
    nowMs: () => performance.now() + offsetMs,
    sending(): Sent {
      const sent = { at: performance.now(), atWall: Date.now() };
      pendingSince ||= sent.at;
      return sent;
    },
    /** The database responded with its time. */
    received({ at }: Sent, databaseMs: number): void {
      offsetMs = databaseMs - (at + performance.now()) / 2;
      pendingSince = 0;
      hasFailed = false;
    },
    renewed({ at, atWall }: Sent): void {
      liveUntil = at + leaseSeconds * 1_000;
      liveUntilWall = atWall + leaseSeconds * 1_000;
      renewedAt = at;
    },
    failed(): void {
      pendingSince = 0;
      hasFailed = true;
    },
    expire(): void {
      liveUntil = 0;
    },
    /** Logs when the lease is lost or regained. */
    watch(): void {
      const live = isLive();
      if (wasLive && !live)
        log.error('The gateway lease has expired: the database is unreachable and requests are refused');
      if (!wasLive && live && renewedAt > 0) log.info('The gateway lease is live');
      wasLive = live;
    },
  };
}
