import { log } from './log.ts';

const CHECK_MS = 500;

/** The parent's pid, for a process that should stop when its parent is gone. Set by whoever starts it. */
export const PARENT = 'LATCHKEY_PARENT_PID';

/**
 * Stops this process when the one that started it was killed: its children would keep the ports. A process that was started
 * without `LATCHKEY_PARENT_PID` is left alone.
 */
export function stopWithParent(): void {
  const parent = Number(process.env[PARENT]);
  // Inherited by a grandchild, which has its own parent to follow.
  if (!parent || process.ppid !== parent) return;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    log.warn('The process that started this one is gone. Stopping.');
    process.kill(process.pid, 'SIGTERM');
  }, CHECK_MS);
  timer.unref();
}
