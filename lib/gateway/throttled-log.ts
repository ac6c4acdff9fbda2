import { log } from '#lib/process/log.ts';

type Fields = { err?: unknown; requestId?: string; [name: string]: unknown };
type Write = (fields: Fields, message: string) => void;

const EVERY_MS = 10_000;

/**
 * Logs each message with the same kind of error at most once in 10 s, with the number of suppressed ones. A full disk or an
 * unreachable upstream fails every request, and must not fill the log as well.
 */
export function throttled(write: Write, nowMs: () => number = () => performance.now()): Write {
  const last = new Map<string, { at: number; suppressed: number }>();
  return (fields, message) => {
    const key = `${message} ${kindOf(fields.err)}`;
    const before = last.get(key);
    if (before && nowMs() - before.at < EVERY_MS) {
      before.suppressed++;
      return;
    }
    last.set(key, { at: nowMs(), suppressed: 0 });
    write({ ...fields, ...(before?.suppressed ? { suppressed: before.suppressed } : {}) }, message);
  };
}

const kindOf = (error: unknown): string =>
  error instanceof Error ? `${error.name} ${'code' in error ? error.code : ''}` : '';

export type ThrottledLog = ReturnType<typeof openThrottledLog>;

export const openThrottledLog = () => ({
  error: throttled((fields, message) => log.error(fields, message)),
  warn: throttled((fields, message) => log.warn(fields, message)),
});
