import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import postgres from 'postgres';
import { log } from '#lib/process/log.ts';
import { asDatabaseProblem, DatabaseProblem } from './problem.ts';
import { refuseNewer, schemaState } from './schema-state.ts';

const FOLDER = fileURLToPath(new URL('./migrations', import.meta.url));
/** An arbitrary constant: if several processes start together, one migrates and the others wait. */
const LOCK = 4_201_770_001;
const WAIT_MS = 120_000;
const RETRY_MS = 500;
/** How long tables in use are waited for. */
const LOCK_TIMEOUT = '10s';

/**
 * Migrates the database at `url` to the newest schema. Safe to run from several processes at the same time, and through a
 * pooler: everything, including the lock, is in one transaction. Fails if the schema is newer than this version.
 */
export async function migrate(url: string, { waitMs = WAIT_MS } = {}): Promise<void> {
  // Without prepared statements, which a pooler may not support.
  const sql = postgres(url, { max: 1, onnotice: () => {}, prepare: false, connect_timeout: 10 });
  try {
    const [version] = await sql<{ server_version_num: string }[]>`show server_version_num`;
    if (Number(version?.server_version_num) < 150_000)
      throw new DatabaseProblem('Latchkey needs PostgreSQL 15 or newer.');
    const giveUpAt = performance.now() + waitMs;
    for (let isFirst = true; !(await attempt(sql)); isFirst = false) {
      if (isFirst) log.info('Another process is migrating the database. Waiting for it');
      if (performance.now() > giveUpAt) throw await stillLocked(sql, waitMs);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  } catch (error) {
    throw asDatabaseProblem(error, url);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Migrates in one transaction, unless another process holds the lock. */
const attempt = (sql: postgres.Sql): Promise<boolean> =>
  sql.begin(async (tx) => {
    const [lock] = await tx<{ held: boolean }[]>`select pg_try_advisory_xact_lock(${LOCK}) as held`;
    if (!lock?.held) return false;
    await tx.unsafe(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
    const { missing } = refuseNewer(await schemaState(tx));
    if (missing.length > 0) await apply(tx, missing);
    await tx.unsafe(readFileSync(new URL('./rules.sql', import.meta.url), 'utf8'));
    return true;
  });

/** Applies migrations as drizzle-orm does, and records them in its table. */
async function apply(tx: postgres.TransactionSql, missing: readonly number[]): Promise<void> {
  await tx.unsafe(`
    create schema if not exists drizzle;
    create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`);
  for (const migration of readMigrationFiles({ migrationsFolder: FOLDER })) {
    if (!missing.includes(migration.folderMillis)) continue;
    for (const statement of migration.sql) await tx.unsafe(statement);
    await tx`
      insert into drizzle.__drizzle_migrations (hash, created_at) values (${migration.hash}, ${migration.folderMillis})`;
  }
}

async function stillLocked(sql: postgres.Sql, waitMs: number): Promise<DatabaseProblem> {
  const holders = await sql<{ pid: number; application: string; address: string | null }[]>`
    select a.pid, a.application_name as application, host(a.client_addr) as address
    from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.granted and (l.classid::bigint << 32) + l.objid::bigint = ${LOCK}`;
  const named = holders.map(({ pid, address }) => `server process ${pid}${address ? ` for ${address}` : ''}`);
  return new DatabaseProblem(
    `Another process has been migrating the database for ${waitMs / 1_000} s (${named.join(', ') || 'it has just ended'}). ` +
      'If that process is no longer running, end its connection with pg_terminate_backend, then start again.',
  );
}
