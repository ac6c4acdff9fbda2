import pino from 'pino';

/** Fields that could hold a secret or personal data. pino replaces their values at any of these depths. */
const REDACTED = ['password', 'secret', 'secretKey', 'token', 'authorization', 'cookie', 'email', 'params'];

/**
 * What is logged of an error: name, message, code, stack and the same of its causes. Query parameters are left out:
 * drizzle-orm appends them to its message, and PostgreSQL repeats values in `detail`.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: `thrown: ${typeof error}` };
  const { name, stack, cause } = error;
  const message = withoutValues(error);
  const described: Record<string, unknown> = { name, message };
  if ('code' in error && typeof error.code === 'string') described['code'] = error.code;
  if (stack) described['stack'] = stack.replace(error.message, message);
  if (cause !== undefined && cause !== error) described['cause'] = describeError(cause);
  return described;
}

function withoutValues(error: Error): string {
  const isDataError = 'code' in error && typeof error.code === 'string' && /^(22|23)/.test(error.code);
  if (error.name === 'PostgresError' && isDataError) return `SQLSTATE ${(error as { code?: string }).code}`; // checked above
  return error.message.replace(/\nparams:[\s\S]*/, '').slice(0, 2_000);
}

/**
 * The log: one JSON object a line on standard error, with `level`, `time` (ISO 8601), `msg`, and what the caller adds
 * (`err`, `requestId`). `LOG_LEVEL` is one of pino's levels, or `silent`. On a terminal the lines are formatted for people.
 */
export const log = pino(
  {
    level: process.env['LOG_LEVEL'] || (process.env['NODE_ENV'] === 'test' ? 'silent' : 'info'),
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    serializers: { err: describeError },
  },
  process.stderr.isTTY && process.env['NODE_ENV'] !== 'production'
    ? pino.transport({ target: 'pino-pretty', options: { destination: 2 } })
    : pino.destination({ dest: 2, sync: true }),
);
