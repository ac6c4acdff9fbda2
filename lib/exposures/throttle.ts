const NAMES_MAX = 10_000;

/**
 * So many acts under one name in a window of time; kept by each process for itself. Answers whether one more may be
 * done, and counts it. When too many names come at once all are forgotten: the limit on all together still holds.
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
