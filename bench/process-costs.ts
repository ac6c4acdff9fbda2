import { readdirSync, readFileSync } from 'node:fs';

/** CPU and memory of a process and its descendants, from the kernel. Linux only; null elsewhere. */

/** USER_HZ: clock ticks per second in /proc, 100 on every Linux that Node runs on (proc(5)). */
const TICKS_PER_SECOND = 100;

type Stat = { parent: number; cpuSeconds: number };

/** CPU time so far, user and system, in seconds; null where it can't be read. */
export function cpuSeconds(pid: number): number | null {
  const family = familyOf(pid);
  return family?.reduce((sum, member) => sum + (stat(member)?.cpuSeconds ?? 0), 0) ?? null;
}

/** Highest resident memory so far in bytes, summed over the processes; null where it can't be read. */
export function peakRssBytes(pid: number): number | null {
  const family = familyOf(pid);
  return family?.reduce((sum, member) => sum + (peakOf(member) ?? 0), 0) ?? null;
}

function familyOf(pid: number): number[] | null {
  if (!stat(pid)) return null;
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const found = /^\d+$/.test(name) ? stat(Number(name)) : null;
    if (found) children.set(found.parent, [...(children.get(found.parent) ?? []), Number(name)]);
  }
  const family = [pid];
  for (const member of family) family.push(...(children.get(member) ?? []));
  return family;
}

function stat(pid: number): Stat | null {
  const text = read(`/proc/${pid}/stat`);
  if (!text) return null;
  // The second field is the command in parentheses and can contain spaces, so fields are counted after it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [utime, stime, childrenUtime, childrenStime] = fields.slice(11, 15).map(Number);
  const ticks = utime! + stime! + childrenUtime! + childrenStime!;
  return { parent: Number(fields[1]), cpuSeconds: ticks / TICKS_PER_SECOND };
}

function peakOf(pid: number): number | null {
  const match = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '');
  return match ? Number(match[1]) * 1024 : null;
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // The process has exited, or this isn't Linux.
  }
}
