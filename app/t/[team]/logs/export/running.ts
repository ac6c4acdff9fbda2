// Next may load this module more than once in a process.
const slot = globalThis as { latchkeyExports?: Set<string> };

/** Takes a person's one place for an export; null while he has another running. Call the answer when it has ended. */
export function takeExport(userId: string): (() => void) | null {
  slot.latchkeyExports ??= new Set();
  const running = slot.latchkeyExports;
  if (running.has(userId)) return null;
  running.add(userId);
  return () => void running.delete(userId);
}
