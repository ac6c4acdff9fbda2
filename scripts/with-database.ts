import { connect, type Db } from '#db/client.ts';
import { embeddedUrl, startEmbedded } from '#db/embedded.ts';
import { migrate } from '#db/migrate.ts';
import { asDatabaseProblem, DatabaseProblem } from '#db/problem.ts';
import { refuseNewer, requireCurrent, schemaState } from '#db/schema-state.ts';
import { env } from '#lib/env.ts';

/** `read` changes neither rows nor the schema. `write` can create the schema of an empty database. */
type Mode = 'read' | 'write';

/**
 * Runs something with the installation's database: DATABASE_URL, the embedded one of a running Latchkey, or the embedded
 * one started temporarily. A database with the schema of another version is left as it is.
 */
export async function withDatabase<T>(mode: Mode, run: (db: Db) => Promise<T>): Promise<T> {
  const { DATABASE_URL, DATA_DIR } = env();
  const running = DATABASE_URL ?? (await answering(embeddedUrl(DATA_DIR)));
  if (!running && mode === 'read' && !embeddedUrl(DATA_DIR))
    throw new DatabaseProblem('There is no database yet. Set DATABASE_URL, or run npm start once.');
  const own = running ? undefined : await startEmbedded(DATA_DIR);
  const url = running ?? own!.url;
  const { db, sql } = connect(url, { max: 4, statementTimeoutMs: 60_000, readOnly: mode === 'read' });
  try {
    const schema = refuseNewer(
      await schemaState(sql).catch((error: unknown) => {
        throw asDatabaseProblem(error, url);
      }),
    );
    if (schema.state === 'empty' && mode === 'write') await migrate(env().DATABASE_LISTEN_URL ?? url);
    else requireCurrent(schema);
    return await run(db);
  } finally {
    await sql.end({ timeout: 5 });
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
    return undefined; // It isn't running, so it is started.
  } finally {
    await sql.end({ timeout: 1 });
  }
}
