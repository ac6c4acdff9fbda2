import { slot } from '#lib/process/slot.ts';

/** Reserves a person's only export slot; null while another export runs. Call the returned function when it ends. */
export function takeExport(userId: string): (() => void) | null {
  const running = slot('exports', () => new Set<string>());
  if (running.has(userId)) return null;
  running.add(userId);
  return () => void running.delete(userId);
}
