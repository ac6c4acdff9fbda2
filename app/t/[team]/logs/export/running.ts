import { slot } from '#lib/process/slot.ts';

/** Takes a person's one place for an export; null while he has another running. Call the answer when it has ended. */
export function takeExport(userId: string): (() => void) | null {
  const running = slot('exports', () => new Set<string>());
  if (running.has(userId)) return null;
  running.add(userId);
  return () => void running.delete(userId);
}
