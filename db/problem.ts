/** A database problem that the person who runs Latchkey has to fix. The cause is kept. */
export class DatabaseProblem extends Error {
  override name = 'DatabaseProblem';
}

/** What to do about an error, by SQLSTATE (PostgreSQL, appendix A) or the code of a network error. */
const ADVICE: Readonly<Record<string, string>> = {
  '25006': 'The database is read-only. DATABASE_URL must point to the primary server, not to a standby',
  '42501': 'The user in DATABASE_URL doesn’t have permission to change the schema. It must own the database',
  '3D000': 'The database does not exist. Create it with createdb',
  '28P01': 'The database rejected the user or password in DATABASE_URL',
  '28000': 'The database rejected the user or password in DATABASE_URL',
  '53300': 'The database has no connections left. Raise max_connections',
  '57P03': 'The database is starting or stopping. Try again in a moment',
  '55P03':
    'Another session uses a table that has to be changed. Stop other copies of Latchkey, then start again',
};

const UNREACHABLE = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
];
const CLOSED = ['CONNECT_TIMEOUT', 'CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED'];

/** The same error with advice before it, if there is any. The password in the URL is never shown. */
export function asDatabaseProblem(error: unknown, url: string): Error {
  if (error instanceof DatabaseProblem) return error;
  const code = codeOf(error);
  if (code && [...UNREACHABLE, ...CLOSED].includes(code)) {
    const { hostname, port } = new URL(url);
    return new DatabaseProblem(`The database at ${hostname}:${port || 5432} can't be reached`, {
      cause: error,
    });
  }
  return new DatabaseProblem((code && ADVICE[code]) || 'The database could not be migrated', {
    cause: error,
  });
}

function codeOf(error: unknown): string | undefined {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth++)
    if ('code' in one && typeof one.code === 'string') return one.code;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : undefined;
}
