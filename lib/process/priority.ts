import { spawnSync } from 'node:child_process';

/**
 * How a process yields to others. `low` is a niceness of 10. `background` is Linux's SCHED_IDLE, or `low` where that
 * isn't available: any other process gets the core immediately, not at the end of a time slice.
 */
export type Priority = 'low' | 'background';

/**
 * A command that starts with the given priority. All threads of a process share its initial priority; a later
 * `setpriority` would change only one.
 */
export function withPriority(priority: Priority | undefined, command: string[]): string[] {
  if (priority === undefined || process.platform === 'win32') return command;
  if (priority === 'background' && canBeIdle()) return ['chrt', '-i', '0', ...command];
  return ['nice', '-n', '10', ...command];
}

/** `chrt` is part of util-linux. A container may lack it, or may not have permission to use it. */
const canBeIdle = (): boolean =>
  spawnSync('chrt', ['-i', '0', process.execPath, '--version'], { stdio: 'ignore' }).status === 0;
