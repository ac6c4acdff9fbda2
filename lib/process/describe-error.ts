/** Longer chains of causes are truncated. */
const CAUSES_MAX = 5;
const MESSAGE_LENGTH_MAX = 2_000;

/** SQLSTATE classes whose messages repeat values: data exceptions and constraint violations. */
const REPEATS_VALUES = /^2[23][0-9A-Z]{3}$/;

/** Messages of frameworks that repeat values from clients, and their replacements in the log. */
const ECHOES: readonly [RegExp, string][] = [
  [/\nparams:[\s\S]*/, ''], // drizzle-orm
  [/(Server Action )"[^"]*"/g, '$1[redacted]'], // Next
  [/(with value )`[^`]*`/g, '$1[redacted]'], // Next
  [/("[^"]*"|\S+)( is not valid JSON)/g, '[redacted]$2'], // V8
  [/(Unexpected token )(?:'[^']*'|\S+)(, )/g, '$1[redacted]$2'], // V8
  [/(Invalid URL:? ).*/g, '$1[redacted]'],
  [/\?[^\s"'`)]+/g, '?[redacted]'], // Query strings
];

/**
 * The loggable parts of an error: name, message, code and stack, also of its causes. Query parameters and other values
 * from clients are omitted.
 */
export function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: `thrown: ${typeof error}` };
  const message = messageOf(error);
  const described: Record<string, unknown> = { name: error.name, message };
  const code = codeOf(error);
  if (code) described.code = code;
  const digest = 'digest' in error ? error.digest : undefined;
  if (typeof digest === 'string') described.digest = withoutValues(digest);
  if (error.stack) described.stack = [`${error.name}: ${message}`, ...framesOf(error.stack)].join('\n');
  if (depth >= CAUSES_MAX) return described;
  if (error.cause !== undefined) described.cause = describeError(error.cause, depth + 1);
  if (error instanceof AggregateError)
    described.errors = error.errors.slice(0, CAUSES_MAX).map((one) => describeError(one, depth + 1));
  return described;
}

/** An error and its causes in one line, for people at a terminal. */
export function explainError(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return `thrown: ${typeof error}`;
  const code = codeOf(error);
  const own = messageOf(error) || code || error.name;
  const causes = error.cause === undefined ? [] : [error.cause];
  if (error instanceof AggregateError && !error.message) causes.push(...error.errors.slice(0, 1));
  const shown = code && !own.includes(code) ? `${own} (${code})` : own;
  const rest = depth < CAUSES_MAX ? causes.map((cause) => explainError(cause, depth + 1)) : [];
  return [shown, ...rest.filter((text) => text !== shown)].join(': ');
}

/** Removes known values from clients. */
export function withoutValues(text: string): string {
  return ECHOES.reduce((left, [echo, instead]) => left.replace(echo, instead), text).slice(
    0,
    MESSAGE_LENGTH_MAX,
  );
}

function messageOf(error: Error): string {
  const code = codeOf(error);
  return code && REPEATS_VALUES.test(code) ? `SQLSTATE ${code}` : withoutValues(error.message);
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The lines of a stack without the message above them, which is cleaned separately. */
const framesOf = (stack: string): string[] => stack.split('\n').filter((line) => /^\s+at /.test(line));
