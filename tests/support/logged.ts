import { vi } from 'vitest';
import { log } from '#lib/process/log.ts';

/** Collects errors and warnings that a test expects: each line's message, and the message of its cause. */
export function logged(): string[] {
  const lines: string[] = [];
  for (const level of ['error', 'warn'] as const)
    vi.spyOn(log, level).mockImplementation((...args: unknown[]) => {
      const [fields, message] = args as [{ err?: Error }, string]; // How the log is called everywhere.
      lines.push(fields.err ? `${message} ${fields.err.message}` : message);
    });
  return lines;
}
