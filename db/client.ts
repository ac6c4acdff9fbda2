import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { env } from '#lib/env.ts';
import { slot } from '#lib/process/slot.ts';
import { embeddedUrl } from './embedded.ts';

export type Db = PostgresJsDatabase;
/** A database or a transaction in it: what a read may be given. */
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

type Connected = { db: Db; sql: postgres.Sql };

const connected = (): Connected => slot('database', () => connect(databaseUrl()));

/** Where the database is: DATABASE_URL, or the embedded one as last started. */
export function databaseUrl(): string {
  const url = env().DATABASE_URL ?? embeddedUrl(env().DATA_DIR);
  if (!url)
    throw new Error('No database: set DATABASE_URL, or start Latchkey with `npm start` or `npm run demo`.');
  return url;
}

/** Opens a pool of its own; for tests, scripts and the gateway. The caller ends `sql`. */
export function connect(url: string, options: { max?: number; statementTimeoutMs?: number } = {}): Connected {
  const sql = postgres(url, {
    max: options.max ?? 10,
    connect_timeout: 5,
    idle_timeout: 60,
    // A database that is back is found within a second; the driver's own waits grow to twenty.
    backoff: (retries) => Math.min(0.05 * 2 ** retries, 1),
    onnotice: () => {},
    connection: { application_name: 'latchkey', statement_timeout: options.statementTimeoutMs ?? 15_000 },
  });
  return { sql, db: drizzle(sql) };
}

/** The process's database. */
export const database = (): Db => connected().db;

/** The process's pool, for what Drizzle has no words for (LISTEN, COPY). */
export const pool = (): postgres.Sql => connected().sql;
