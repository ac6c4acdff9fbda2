import { createRequire } from 'node:module';
import { join } from 'node:path';
import pino from 'pino';
import { describeError } from './describe-error.ts';

/** Fields that can hold a secret or personal data. pino replaces their values at the first two levels. */
const REDACTED = [
  ...['password', 'secret', 'secretKey', 'token', 'authorization', 'cookie', 'email', 'recipient'],
  ...['params', 'parameters', 'headers', 'body', 'query'],
];

/** Accepted values of `LOG_LEVEL`. `lib/env.ts` rejects any other at start. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const { LOG_LEVEL, LOG_FORMAT, NODE_ENV, LATCHKEY_PART } = process.env;
const isKnown = (LOG_LEVELS as readonly string[]).includes(LOG_LEVEL ?? '');

/**
 * The log: one JSON object per line on standard error, with `level`, `time` (ISO 8601), `msg` and the caller's fields
 * (`err`, `requestId`). Tests are silent unless `LOG_LEVEL` is set, and `tests/support/setup.ts` fails on stray lines.
 */
export const log = pino(
  {
    level: isKnown ? LOG_LEVEL! : NODE_ENV === 'test' ? 'silent' : 'info',
    base: { pid: process.pid, ...(LATCHKEY_PART ? { part: LATCHKEY_PART } : {}) },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    serializers: { err: describeError },
  },
  destination(),
);

/** Lines for people are formatted in this thread: a worker thread would lose the last lines before `process.exit`. */
function destination(): pino.DestinationStream {
  if (isPretty()) {
    // Loaded only when needed: pino-pretty is a development dependency.
    const pretty = createRequire(join(process.cwd(), 'package.json'))('pino-pretty');
    return pretty({ sync: true, destination: 2, ignore: 'pid,part', translateTime: 'SYS:HH:MM:ss' });
  }
  const stderr = pino.destination({ dest: 2, sync: true });
  stderr.on('error', () => {}); // The reader of this output has stopped. There is nowhere left to report it.
  return stderr;
}

/** Whether lines are formatted for people: on a terminal, or if `LOG_FORMAT` is set accordingly. */
export function isPretty(): boolean {
  if (LOG_FORMAT === 'json' || LOG_FORMAT === 'pretty') return LOG_FORMAT === 'pretty';
  return process.stderr.isTTY === true && NODE_ENV !== 'production';
}
