import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { env } from '#lib/env.ts';
import { slot } from '#lib/process/slot.ts';
import { embeddedUrl } from './embedded.ts';
import { DatabaseProblem } from './problem.ts';
import { openSocket } from './sockets.ts';

export type Db = PostgresJsDatabase;
/** A database or a transaction: the input of read verbs. */
export type Queryable = Pick<
  Db,
  | 'select'
  | 'selectDistinct'
  | 'selectDistinctOn'
  | 'insert'
  | 'update'
  | 'delete'
  | 'execute'
  | '$count'
  | 'transaction'
  | '$with'
  | 'with'
>;

export type Connected = { db: Db; sql: postgres.Sql };

type ConnectOptions = {
  max?: number;
  statementTimeoutMs?: number;
  /** A connection without a response for this long is closed. By default slightly longer than the statement timeout. */
  silenceMs?: number;
  /** Rejects every change. */
  readOnly?: boolean;
};

const connected = (): Connected => slot('database', () => connect(databaseUrl()));

/** The URL of the database: DATABASE_URL, or that of the embedded one as last started. */
export function databaseUrl(): string {
  const url = env().DATABASE_URL ?? embeddedUrl(env().DATA_DIR);
  if (!url)
    throw new DatabaseProblem(
      'There is no database. Set DATABASE_URL, or start Latchkey with npm start or npm run demo.',
    );
  return url;
}

/** The URL for connections that need their own session, such as LISTEN: past a transaction pooler, if there is one. */
export const directUrl = (): string => env().DATABASE_LISTEN_URL ?? databaseUrl();

/** Whether a URL leads through a pooler that gives every transaction a different session. */
const isPooled = (url: string): boolean => {
  const { DATABASE_URL, DATABASE_LISTEN_URL } = env();
  return DATABASE_LISTEN_URL !== undefined && DATABASE_LISTEN_URL !== url && DATABASE_URL === url;
};

const STATEMENT_TIMEOUT_MS = 15_000;
/** The extra time a response can take beyond the statement timeout, which the server enforces. */
const GRACE_MS = 5_000;

/** Opens a separate pool, for tests, scripts and the gateway. The caller ends `sql`. */
export function connect(url: string, options: ConnectOptions = {}): Connected {
  const { statementTimeoutMs = STATEMENT_TIMEOUT_MS, readOnly = false } = options;
  // A pooler would reject session settings or apply them to others, and may not support prepared statements.
  const pooled = isPooled(url);
  const session = pooled
    ? {}
    : {
        statement_timeout: statementTimeoutMs,
        ...(readOnly ? { default_transaction_read_only: true } : {}),
      };
  const settings = {
    max: options.max ?? 10,
    connect_timeout: 5,
    idle_timeout: 60,
    prepare: !pooled,
    socket: openSocket(options.silenceMs ?? statementTimeoutMs + GRACE_MS),
    // A restored database is found within a second. The driver's own waits grow to twenty.
    backoff: (retries: number) => Math.min(0.05 * 2 ** retries, 1),
    onnotice: () => {},
    connection: { application_name: 'latchkey', ...session },
  };
  const sql = postgres(url, settings);
  return { sql, db: drizzle(sql) };
}

/** The process's database. */
export const database = (): Db => connected().db;

/** The process's pool, for what Drizzle can't express (LISTEN, COPY). */
export const pool = (): postgres.Sql => connected().sql;
