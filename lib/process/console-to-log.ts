import { stripVTControlCharacters } from 'node:util';
import { isActionUnreached } from './action-call.ts';
import { withoutValues } from './describe-error.ts';
import { log } from './log.ts';

const LEVELS = {
  error: 'error',
  warn: 'warn',
  log: 'info',
  info: 'info',
  debug: 'debug',
  trace: 'debug',
} as const;

/** Errors that are already logged, so that printing them on the console doesn't log them again. */
const logged = new WeakSet<object>();
/** How long an error on the console waits for its request to be known. */
const WAIT_MS = 100;
const waiting = new Set<() => void>();

/** Its error is the client's, so there is no stack. */
const MALFORMED_ACTION = 'A malformed or outdated server action was rejected';

/** Logs an error with the request it belongs to, once. */
export function logRequestFailure(err: unknown, fields: Record<string, unknown>): void {
  if (isLogged(err)) return;
  if (isActionUnreached()) return void log.warn(fields, MALFORMED_ACTION);
  log.error({ err, ...fields }, 'A request failed');
}

/**
 * Turns everything that frameworks print on the console into log lines. Errors are described and objects are omitted,
 * because both could contain values from clients.
 */
export function routeConsoleToLog(): void {
  for (const [method, usual] of Object.entries(LEVELS))
    console[method as keyof typeof LEVELS] = (...args: unknown[]) => {
      const level = usual === 'error' && isActionUnreached() ? 'warn' : usual;
      const err = args.find((arg) => arg instanceof Error);
      const text = args.filter((arg) => typeof arg === 'string' || typeof arg === 'number').join(' ');
      const message = withoutValues(stripVTControlCharacters(text)).trim();
      if (err && isActionUnreached()) {
        if (!isLogged(err)) log.warn(MALFORMED_ACTION);
      } else if (err) later(() => !isLogged(err) && log[level]({ err }, message || 'An error was printed'));
      else if (message) log[level](message);
    };
  process.once('exit', () => {
    for (const write of waiting) write();
  });
}

function isLogged(err: unknown): boolean {
  if (typeof err !== 'object' || err === null) return false;
  if (logged.has(err)) return true;
  logged.add(err);
  return false;
}

function later(write: () => void): void {
  const once = () => {
    if (waiting.delete(once)) write();
  };
  waiting.add(once);
  setTimeout(once, WAIT_MS).unref();
}
