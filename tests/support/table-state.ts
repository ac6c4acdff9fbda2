import type postgres from 'postgres';

/** Tables that belong to no team and that only operators change. */
const SHARED = ['plans', 'apis', 'endpoints'];

/** When members opened a page: recorded by every page, like the last use of a session. */
const VISITS = ['member_visits'];
const VISIT_COLUMNS = '{last_seen_at,last_sign_in_at}';

/** A digest of each table: of all rows, or of those that match a condition on the table `t`. */
async function digests(sql: postgres.Sql, tables: readonly string[], where: (table: string) => string) {
  const parts = tables.map(
    (
      table,
    ) => `select '${table}' as name, md5(string_agg((to_jsonb(t) - '${VISIT_COLUMNS}'::text[])::text, '|' order by t::text)) as digest
      from "${table}" t where ${where(table)}`,
  );
  const rows = await sql.unsafe<{ name: string; digest: string | null }[]>(parts.join(' union all '));
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}

async function tables(sql: postgres.Sql, column?: string): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition and (${column ?? null}::text is null
      or exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = ${column ?? null}))
    order by 1`;
  return rows.map(({ name }) => name);
}

/** Everything of a team, table by table, and the shared tables; without `but`. */
export async function teamState(sql: postgres.Sql, teamId: string, but: readonly string[] = []) {
  const own = (await tables(sql, 'team_id')).filter((name) => ![...VISITS, ...but].includes(name));
  return digests(sql, ['teams', ...own, ...SHARED], (table) => {
    if (SHARED.includes(table)) return 'true';
    return `t.${table === 'teams' ? 'id' : 'team_id'} = '${teamId}'`;
  });
}

/** The whole database, table by table; without `but`. */
export async function databaseState(sql: postgres.Sql, but: readonly string[]) {
  const all = (await tables(sql)).filter((name) => ![...VISITS, ...but].includes(name));
  return digests(sql, all, () => 'true');
}
