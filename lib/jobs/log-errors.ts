const EVERY_MS = 60_000;

/**
 * A log for what fails again and again while a database is away: the first error at once, then at most one line a
 * minute, with the number that came in between.
 */
export function tellErrors(
  log: (line: string) => void,
  { everyMs = EVERY_MS, nowMs = () => performance.now() } = {},
): (what: string, error: unknown) => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  let untold = 0;
  return (what, error) => {
    if (nowMs() - toldAt < everyMs) {
      untold++;
      return;
    }
    log(
      `Jobs: ${what}: ${reasonOf(error)}${untold > 0 ? ` (${untold} more errors since the last line)` : ''}`,
    );
    toldAt = nowMs();
    untold = 0;
  };
}

/**
 * What may be kept of an error: neither a statement nor its values, which Drizzle puts into the message of what it
 * throws. Drivers that found nobody to talk to leave the message empty and give a code.
 */
export function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error).slice(0, 300);
  const { message, code, cause } = error as { message?: unknown; code?: unknown; cause?: unknown }; // Anything may be thrown.
  if (cause && String(message).startsWith('Failed query')) return reasonOf(cause);
  return String(message || code || 'unknown error').slice(0, 300);
}
