import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as run } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';

const folder = fileURLToPath(new URL('./migrations', import.meta.url));
/** An arbitrary constant: of several starters at once one migrates and the others wait. */
const LOCK = 4_201_770_001;

/** Brings the database at `url` to the newest schema. Safe to run from several processes at once. */
export async function migrate(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const [version] = await sql<{ server_version_num: string }[]>`show server_version_num`;
    if (Number(version?.server_version_num) < 150_000) throw new Error('PostgreSQL 15 or newer is needed.');
    await sql`select pg_advisory_lock(${LOCK})`;
    await sql`set lock_timeout = '10s'`;
    await run(drizzle(sql), { migrationsFolder: folder });
    await sql.unsafe(readFileSync(new URL('./rules.sql', import.meta.url), 'utf8'));
  } finally {
    await sql.end();
  }
}
