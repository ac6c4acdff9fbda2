import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** Identifies one process, and never a later one with the same PID. */
export const Mark = z.object({
  host: z.string(),
  pid: z.number().int(),
  boot: z.string(),
  started: z.string(),
});
type ProcessMark = z.output<typeof Mark>;

export const processMark = (pid = process.pid): ProcessMark => ({
  host: hostname(),
  pid,
  boot: bootId(),
  started: startOf(pid) ?? '',
});

/** Whether the marked process is running. `unknown` if it ran on another machine. */
export function isAlive(mark: ProcessMark): boolean | 'unknown' {
  if (mark.host !== hostname()) return 'unknown';
  if (mark.boot !== bootId()) return false;
  if (mark.started) return startOf(mark.pid) === mark.started;
  try {
    process.kill(mark.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // node:process only throws this kind.
  }
}

/** Reads a mark. Null if it is missing or incomplete. */
export function readMark(path: string): ProcessMark | null {
  try {
    return Mark.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** Start time in clock ticks since boot: field 22 of /proc/PID/stat (proc(5)). A zombie counts as stopped. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
