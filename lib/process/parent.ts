import { log } from './log.ts';

const CHECK_MS = 500;

/** The parent's PID, for a process that should stop with its parent. Set by the parent. */
export const PARENT = 'LATCHKEY_PARENT_PID';

/**
 * Stops this process when its parent was killed, because it would keep the ports. A process that was started without
 * `LATCHKEY_PARENT_PID` is left alone.
 */
export function stopWithParent(): void {
  const parent = Number(process.env[PARENT]);
  // Would be inherited by a grandchild, which follows its own parent.
  if (!parent || process.ppid !== parent) return;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    log.warn('The process that started this one is gone. Stopping.');
    process.kill(process.pid, 'SIGTERM');
  }, CHECK_MS);
  timer.unref();
}
