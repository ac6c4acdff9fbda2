import { connect, type Db } from '#db/client.ts';
import { embeddedUrl, startEmbedded } from '#db/embedded.ts';
import { migrate } from '#db/migrate.ts';
import { env } from '#lib/env.ts';

/**
 * Runs something with the installation's database: DATABASE_URL, the embedded one of a running Latchkey, or the embedded
 * one started for as long as this takes. Commands that only read pass `migrates: false`.
 */
export async function withDatabase<T>(run: (db: Db) => Promise<T>, { migrates = true } = {}): Promise<T> {
  const { DATABASE_URL, DATA_DIR } = env();
  const running = DATABASE_URL ?? (await answering(embeddedUrl(DATA_DIR)));
  const own = running ? undefined : await startEmbedded(DATA_DIR);
  const url = running ?? own!.url;
  try {
    if (migrates) await migrate(url);
    const { db, sql } = connect(url, { max: 4, statementTimeoutMs: 60_000 });
    try {
      return await run(db);
    } finally {
      await sql.end({ timeout: 5 });
    }
  } finally {
    await own?.stop();
  }
}

async function answering(url: string | undefined): Promise<string | undefined> {
  if (!url) return undefined;
  const { sql } = connect(url, { max: 1 });
  try {
    await sql`select 1`;
    return url;
  } catch {
    return undefined;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
