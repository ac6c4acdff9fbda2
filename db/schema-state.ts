import type postgres from 'postgres';
import journal from './migrations/meta/_journal.json' with { type: 'json' };
import { DatabaseProblem } from './problem.ts';

export type SchemaState = {
  state: 'current' | 'empty' | 'older' | 'newer';
  /** Migrations of this version that the database doesn't have, by their time in milliseconds. */
  missing: number[];
};

/** Compares the migrations that a database has with those of this version. */
export async function schemaState(sql: Pick<postgres.Sql, 'unsafe'>): Promise<SchemaState> {
  const own = journal.entries.map(({ when }) => when);
  const [found] = await sql.unsafe("select to_regclass('drizzle.__drizzle_migrations') is not null as yes");
  const rows = found?.yes ? await sql.unsafe('select created_at from drizzle.__drizzle_migrations') : [];
  const applied = rows.map((row) => Number(row.created_at));
  const missing = own.filter((when) => !applied.includes(when));
  if (applied.length === 0) return { state: 'empty', missing };
  if (applied.some((when) => !own.includes(when))) return { state: 'newer', missing };
  return { state: missing.length > 0 ? 'older' : 'current', missing };
}

/** Throws if a newer version has migrated the database: this one would write rows that the newer one can't use. */
export function refuseNewer(schema: SchemaState): SchemaState {
  if (schema.state === 'newer')
    throw new DatabaseProblem(
      'A newer version of Latchkey has migrated this database. Upgrade this copy, or restore the backup from before the upgrade.',
    );
  return schema;
}

/** Throws unless the database has exactly the schema of this version. */
export function requireCurrent(schema: SchemaState): void {
  refuseNewer(schema);
  if (schema.state === 'empty')
    throw new DatabaseProblem('The database is empty. Run npm start once to create the tables.');
  if (schema.state === 'older')
    throw new DatabaseProblem(
      'The database has the schema of an older version. Run npm start to migrate it.',
    );
}
