import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '#db/embedded.ts';
import { migrate } from '#db/migrate.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    databaseUrl: string;
    /** Where the run's first demo is kept for later ones. */
    demoFolder: string;
  }
}

/** One real PostgreSQL for the whole run. Suites roll back, or clone the migrated template database. */
export default async function setup(project: TestProject) {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
  const embedded = await startEmbedded(dataDir, ['fsync=off', 'synchronous_commit=off']);
  await migrate(embedded.url);
  await keepTemplate(embedded.url);
  project.provide('databaseUrl', embedded.url);
  project.provide('demoFolder', join(dataDir, 'demo'));
  return async () => {
    await embedded.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}

/** A template without connections: PostgreSQL clones only idle databases. */
async function keepTemplate(url: string): Promise<void> {
  const sql = postgres(url.replace(/\/latchkey$/, '/postgres'), { max: 1 });
  await sql`create database template_latchkey template latchkey`;
  await sql.end();
}
