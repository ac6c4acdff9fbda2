import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { connect, type Db } from '#db/client.ts';

class RollBack extends Error {}

/** Runs a test in a transaction that is rolled back. */
export function withDb(run: (db: Db) => Promise<void>): () => Promise<void> {
  return async () => {
    const { db, sql } = connect(inject('databaseUrl'), { max: 1 });
    try {
      await db.transaction(async (tx) => {
        await run(tx as unknown as Db); // A transaction has everything a verb uses of a database.
        throw new RollBack();
      });
    } catch (error) {
      if (!(error instanceof RollBack)) throw error;
    } finally {
      await sql.end();
    }
  };
}

export type OwnDatabase = ReturnType<typeof connect> & { url: string; drop: () => Promise<void> };

/** A separate migrated database, for what a rolled-back transaction can't show: concurrent writers, NOTIFY. */
export async function ownDatabase(source = 'template_latchkey'): Promise<OwnDatabase> {
  const template = inject('databaseUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const url = template.replace(/\/[^/]+$/, `/${name}`);
  await onAdmin(template, `create database ${name} template ${source}`);
  const connected = connect(url);
  return {
    ...connected,
    url,
    drop: async () => {
      await connected.sql.end({ timeout: 2 });
      await onAdmin(template, `drop database if exists ${name} with (force)`);
    },
  };
}

/** Keeps a database under another name as a template for `ownDatabase`. No session may be connected to it. */
export async function keepAsTemplate({ url, sql }: OwnDatabase, name: string): Promise<void> {
  await sql.end({ timeout: 2 });
  await onAdmin(inject('databaseUrl'), `alter database ${url.split('/').at(-1)} rename to ${name}`);
}

async function onAdmin(template: string, statement: string): Promise<void> {
  const { sql } = connect(template.replace(/\/[^/]+$/, '/postgres'), { max: 1 });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}
