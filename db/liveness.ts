import { log } from '#lib/process/log.ts';
import { slot } from '#lib/process/slot.ts';
import { connect, databaseUrl } from './client.ts';
import { dropConnections } from './sockets.ts';

const TIMEOUT_MS = 2_000;
const EVERY_MS = 1_000;
/** A result is reused for requests that come this soon after it. */
const FRESH_MS = 50;

/** Whether the database responds. Uses a separate connection, so that no other work can delay it. */
export function openLiveness(url: string, { timeoutMs = TIMEOUT_MS, everyMs = EVERY_MS } = {}) {
  const { sql } = connect(url, { max: 1, statementTimeoutMs: timeoutMs, silenceMs: timeoutMs });
  let asking: Promise<boolean> | undefined;
  let answeredAt = Number.NEGATIVE_INFINITY;
  let isLost = false;

  async function ask(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), timeoutMs);
    });
    const outcome = await Promise.race([
      sql`select 1`.then(
        () => 'answered' as const,
        (error: unknown) => error,
      ),
      late,
    ]).finally(() => clearTimeout(timer));
    const answered = outcome === 'answered';
    if (answered) answeredAt = performance.now();
    // It accepts connections and never responds, so work on the other connections must not wait any longer.
    if (outcome === 'late') dropConnections('The database does not respond');
    if (answered === isLost) report(outcome, answered);
    isLost = !answered;
    return answered;
  }

  function report(outcome: unknown, answered: boolean): void {
    if (answered) log.info('The database responds again');
    else if (outcome === 'late') log.error({ timeoutMs }, 'The database does not respond');
    else log.error({ err: outcome }, 'The database is unavailable');
  }

  /** Resolves within `timeoutMs`. Concurrent requests share one check. */
  async function responds(): Promise<boolean> {
    if (performance.now() - answeredAt < FRESH_MS) return true;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  // Also without requests: jobs and emails would otherwise hang until someone opens a page.
  const timer = setInterval(() => void responds(), everyMs).unref();

  return {
    responds,
    async stop(): Promise<void> {
      clearInterval(timer);
      await sql.end({ timeout: 0 });
    },
  };
}

/** Whether the process's database responds, within two seconds. */
export const databaseResponds = (): Promise<boolean> =>
  slot('liveness', () => openLiveness(databaseUrl())).responds();
