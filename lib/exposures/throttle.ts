const NAMES_MAX = 10_000;

/**
 * Limits actions per name in a window of time, in this process. Returns whether another action is allowed, and counts
 * it. If there are too many names, all counts are dropped; the limit over all names still applies.
 */
export function throttle({ limit, windowMs }: { limit: number; windowMs: number }) {
  const counts = new Map<string, number>();
  let window = 0;
  return (name: string, nowMs = Date.now()): boolean => {
    const current = Math.floor(nowMs / windowMs);
    if (current !== window || counts.size >= NAMES_MAX) counts.clear();
    window = current;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count <= limit;
  };
}
