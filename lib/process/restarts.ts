import { slot } from './slot.ts';

const workers = () => slot('worker-restarts', () => ({ restarts: 0 }));

/**
 * How often this part of the installation was restarted after a crash: the whole process by the supervisor, and its workers
 * by their primary process. Counted since the supervisor started.
 */
export const restarts = (): number => Number(process.env.LATCHKEY_RESTARTS ?? 0) + workers().restarts;

/** Called with each new count of worker restarts. */
export function setWorkerRestarts(count: number): void {
  workers().restarts = count;
}

const STEADY_MS = 60_000;
const DELAY_MS = 250;
const DELAY_MS_MAX = 30_000;

/** Waiting times before restarts: doubled with every crash, and short again after a minute without one. */
export function restartBackoff(nowMs: () => number = Date.now) {
  let failures = 0;
  return {
    /** How long to wait before restarting something that was started at `startedAt` and has just crashed. */
    delayMs(startedAt: number): number {
      failures = nowMs() - startedAt > STEADY_MS ? 1 : failures + 1;
      return Math.min(DELAY_MS_MAX, DELAY_MS * 2 ** failures);
    },
  };
}
