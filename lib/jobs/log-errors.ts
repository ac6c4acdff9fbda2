import { log } from '#lib/process/log.ts';

const EVERY_MS = 60_000;

/**
 * Logs errors that repeat while the database is unavailable: the first one immediately, then at most one line per minute
 * with the number of errors in between.
 */
export function throttledErrors({
  everyMs = EVERY_MS,
  nowMs = () => performance.now(),
} = {}): (err: unknown, message: string) => void {
  let loggedAt = Number.NEGATIVE_INFINITY;
  let suppressed = 0;
  return (err, message) => {
    if (nowMs() - loggedAt < everyMs) {
      suppressed++;
      return;
    }
    log.error({ err, ...(suppressed > 0 ? { suppressed } : {}) }, message);
    loggedAt = nowMs();
    suppressed = 0;
  };
}

/**
 * The message of an error for the Jobs page. If it contains a statement and its values, as Drizzle's do, that of the
 * innermost cause. Connection errors can have only a code.
 */
export function errorSummary(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error).slice(0, 300);
  const { message, code, cause } = error as { message?: unknown; code?: unknown; cause?: unknown }; // Anything can be thrown.
  if (String(message).startsWith('Failed query')) return cause ? errorSummary(cause) : 'a query failed';
  return String(message || code || 'unknown error').slice(0, 300);
}
