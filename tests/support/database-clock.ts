import { connect } from '#db/client.ts';

/**
 * Replaces the clock of a database: sessions that connect to the returned URL find `now()` and `clock_timestamp()` in a
 * schema before `pg_catalog`. `atUtc` is the time of day (`23:59:50`) it shows from now on.
 */
export async function databaseClock(databaseUrl: string) {
  const { sql } = connect(databaseUrl, { max: 1 });
  await sql.unsafe(`
    create schema if not exists clock;
    create table if not exists clock.ahead (by interval not null);
    insert into clock.ahead select '0' where not exists (select from clock.ahead);
    create or replace function clock.clock_timestamp() returns timestamptz language sql volatile
      as 'select pg_catalog.clock_timestamp() + (select by from clock.ahead)';
    create or replace function clock.now() returns timestamptz language sql stable
      as 'select pg_catalog.now() + (select by from clock.ahead)'`);
  await sql.end();
  const url = new URL(databaseUrl);
  url.searchParams.set('search_path', 'clock, public, pg_catalog');
  return url.href;
}

/** Sets the clock and returns by how many milliseconds it is ahead of this machine's. */
export async function setDatabaseClock(databaseUrl: string, atUtc: string): Promise<number> {
  const { sql } = connect(databaseUrl, { max: 1 });
  const [row] = await sql<{ ms: number }[]>`
    update clock.ahead set by = (current_date::text || ' ' || ${atUtc} || '+00')::timestamptz - pg_catalog.clock_timestamp()
    returning extract(epoch from by)::float8 * 1000 as ms`;
  await sql.end();
  return row!.ms;
}
