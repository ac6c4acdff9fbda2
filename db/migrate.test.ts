import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as run } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { expect, inject, test, vi } from 'vitest';
import { explainError } from '#lib/process/describe-error.ts';
import { log } from '#lib/process/log.ts';
import { ownDatabase } from '#tests/support/database.ts';
import { connect } from './client.ts';
import { migrate } from './migrate.ts';

const ROWS = 6_000;
/** More than one partition's worth, and more than the minutes are kept for. */
const DAYS = 5;

test('usage from before partitioning is complete afterwards, and its rollups match the rows', async () => {
  const admin = postgres(inject('databaseUrl').replace(/\/[^/]+$/, '/postgres'), { max: 1 });
  const name = `test_${randomBytes(6).toString('hex')}`;
  await admin.unsafe(`create database ${name}`);
  const url = inject('databaseUrl').replace(/\/[^/]+$/, `/${name}`);
  const { sql } = connect(url, { max: 1 });
  try {
    await migrateTo(url, 4);
    await fill(sql);
    const before = await digestOf(sql);
    const expected = await sumsOf(sql, OF_ROWS);

    await migrate(url);
    await migrate(url); // A second start changes nothing.

    const [brin] = await sql`
      select count(*)::int as all, count(*) filter (where c.reloptions @> '{autosummarize=on}')::int as summarizing
      from pg_class c join pg_am am on am.oid = c.relam where am.amname = 'brin'`;
    expect(brin).toEqual({ all: brin!.all, summarizing: brin!.all });
    expect(brin!.all).toBeGreaterThan(3);

    expect(await digestOf(sql)).toEqual(before);
    expect(before).toMatchObject({ rows: ROWS });
    const within = (days: number) => expected.filter(({ age }) => Number(age) < days);
    expect(expected).toHaveLength(DAYS);
    expect(await sumsOf(sql, ofRollup('days'))).toEqual(expected);
    expect(await sumsOf(sql, ofRollup('hours'))).toEqual(expected);
    expect(await sumsOf(sql, ofRollup('minutes'))).toEqual(within(3));
    const [clients] =
      await sql`select sum(calls)::int as calls, sum(refused)::int as refused from usage_clients`;
    const [refused] = await sql`select count(*)::int as n from usage_records where outcome = 'refused'`;
    expect(clients).toEqual({ calls: ROWS, refused: refused!.n });
    const misplaced = await sql`select tableoid::regclass::text as name from usage_records
      where tableoid::regclass::text <> 'usage_records_' || to_char(at at time zone 'utc', 'YYYYMMDD')`;
    expect(misplaced).toEqual([]);
  } finally {
    await sql.end();
    await admin.unsafe(`drop database ${name} with (force)`);
    await admin.end();
  }
});

/** The message that migrating fails with, in one line with its causes. */
const failure = (url: string, options?: Parameters<typeof migrate>[1]) =>
  migrate(url, options).then(
    () => 'migrated',
    (error: unknown) => explainError(error),
  );

test('a database that a newer version has migrated is rejected and left as it is', async () => {
  const own = await ownDatabase();
  try {
    await own.sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', 4102444800000)`;
    await own.sql`drop view team_limits cascade`; // Migrating would restore it.
    expect(await failure(own.url)).toBe(
      'A newer version of Latchkey has migrated this database. Upgrade this copy, or restore the backup from before the upgrade.',
    );
    expect(await own.sql`select to_regclass('team_limits') as view`).toEqual([{ view: null }]);
  } finally {
    await own.drop();
  }
});

test('a process that waits for another one to migrate says so, and gives up with the connection to end', async () => {
  const waiting = vi.spyOn(log, 'info').mockImplementation(() => {});
  const own = await ownDatabase();
  try {
    const [holder] = await own.sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(4201770001)`;
      const rows = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      expect(await failure(own.url, { waitMs: 1_000 })).toMatch(
        new RegExp(`migrating the database for 1 s \\(server process ${rows[0]!.pid} .*pg_terminate_backend`),
      );
      return rows;
    });
    expect(waiting.mock.calls).toEqual([['Another process is migrating the database. Waiting for it']]);
    expect(holder).toBeDefined();
    expect(await failure(own.url)).toBe('migrated');
  } finally {
    await own.drop();
  }
});

test('several concurrent processes migrate an empty database one after the other', async () => {
  vi.spyOn(log, 'info').mockImplementation(() => {});
  const own = await ownDatabase('template0');
  try {
    expect(await Promise.all([1, 2, 3].map(() => failure(own.url)))).toEqual([
      'migrated',
      'migrated',
      'migrated',
    ]);
    const [applied] =
      await own.sql`select count(*)::int as n, count(distinct created_at)::int as d from drizzle.__drizzle_migrations`;
    expect(applied!.n).toBe(applied!.d);
  } finally {
    await own.drop();
  }
});

test('a failed migration shows what to do, and why', async () => {
  const own = await ownDatabase('template0');
  const role = `reader_${randomBytes(4).toString('hex')}`;
  const as = (user: string, password: string) =>
    Object.assign(new URL(own.url), { username: user, password }).href;
  try {
    await own.sql.unsafe(`create role ${role} login password 'reader'`);
    expect(await failure(as(role, 'reader'))).toMatch(
      /^The user in DATABASE_URL doesn’t have permission to change the schema\. It must own the database: permission denied for .*\(42501\)$/,
    );
    expect(await failure(as(role, 'wrong'))).toMatch(
      /^The database rejected the user or password in DATABASE_URL: password authentication failed.*\(28P01\)$/,
    );
    // Like a standby.
    await own.sql.unsafe(
      `alter database ${new URL(own.url).pathname.slice(1)} set default_transaction_read_only = on`,
    );
    expect(await failure(own.url)).toMatch(
      /^The database is read-only\. DATABASE_URL must point to the primary server, not to a standby: .*\(25006\)$/,
    );
    expect(await failure(own.url.replace(/\/[^/]+$/, '/absent'))).toMatch(
      /^The database does not exist\. Create it with createdb: /,
    );
    expect(await failure('postgres://latchkey:secret-4711@127.0.0.1:1/latchkey')).toMatch(
      /^The database at 127\.0\.0\.1:1 can't be reached: .*ECONNREFUSED/,
    );
  } finally {
    await own.drop();
    const { sql } = connect(inject('databaseUrl'), { max: 1 });
    await sql.unsafe(`drop role if exists ${role}`);
    await sql.end();
  }
});

/** Brings an empty database to the schema of an earlier migration. */
async function migrateTo(url: string, last: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-migrations-'));
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    cpSync('db/migrations', folder, { recursive: true });
    const file = join(folder, 'meta', '_journal.json');
    const journal = JSON.parse(readFileSync(file, 'utf8')) as { entries: { idx: number }[] }; // The format of drizzle-kit.
    const entries = journal.entries.filter(({ idx }) => idx <= last);
    writeFileSync(file, JSON.stringify({ ...journal, entries }));
    await run(drizzle(sql), { migrationsFolder: folder });
  } finally {
    await sql.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rows of all outcomes, some still open, spread over the days up to now. */
async function fill(sql: postgres.Sql): Promise<void> {
  await sql`
    insert into usage_records (id, at, day, team_id, application_id, credential_id, member_id, environment, api_id, endpoint_id,
      method, path, outcome, status, reason, counted, latency_ms, bytes_in, bytes_out, client_ip, node_id)
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(g::text), 1, 3) || '8' || substr(md5(g::text), 4, 15))::uuid,
      at, (at at time zone 'utc')::date, md5('team' || g % 3)::uuid, md5('app' || g % 3)::uuid, md5('key' || g % 30)::uuid,
      case when g % 30 < 10 then md5('member' || g % 30)::uuid end, 'production', md5('api')::uuid, case when g % 50 <> 7 then md5('endpoint' || g % 4)::uuid end,
      'GET', '/things', o::usage_outcome, case when o = 'answered' then 200 + 100 * (g % 4) when o = 'refused' then 429 end,
      case when o = 'refused' then 'quota_exceeded' end, o <> 'refused', case when o not in ('open', 'unknown') then g % 700 / 3.0 end,
      g % 5, g % 2000, '192.0.2.' || g % 20, md5('node')::uuid
    from (
      select g, (array['answered', 'answered', 'answered', 'refused', 'aborted', 'unknown', 'open'])[1 + g % 7] as o,
        -- The last moments of days among them, and none of a day later.
        case when g % 100 = 0 then day + interval '1 day' - interval '1 millisecond'
          else day + interval '24 hours' * ((g * 7919) % ${ROWS}) / ${ROWS} end as at
      from generate_series(1, ${ROWS}::int) g,
        lateral (select ((now() at time zone 'utc')::date - g % ${DAYS}::int)::timestamp at time zone 'utc' as day) d
    ) drawn`;
}

async function digestOf(sql: postgres.Sql) {
  const [row] = await sql`
    select count(*)::int as rows, sum(bytes_out)::int as bytes, sum(latency_ms::float8)::bigint as latency,
      md5(string_agg(concat_ws(' ', id, at, day, credential_id, member_id, endpoint_id, outcome, status, reason, counted), '|' order by id)) as digest
    from usage_records`;
  return row;
}

const sumsOf = async (sql: postgres.Sql, from: string) =>
  [
    ...(await sql.unsafe(`
    select ((now() at time zone 'utc')::date - day)::int as age, team_id, sum(calls)::int as calls, sum(counted)::int as counted,
      sum(errors)::int as errors, sum(refused)::int as refused, sum(bytes_in)::int as bytes_in, sum(bytes_out)::int as bytes_out
    from (${from}) x group by 1, 2 order by 1, 2`)),
  ].reduce<Record<string, unknown>[]>((days, { age, ...team }) => {
    const day = days.find((one) => one.age === age);
    if (day)
      (day.teams as unknown[]).push(team); // Created like this below.
    else days.push({ age, teams: [team] });
    return days;
  }, []);

const OF_ROWS = `
  select day, team_id, 1 as calls, counted::int as counted, (counted and (coalesce(status, 0) >= 400 or outcome in ('aborted', 'unknown')))::int as errors,
    (outcome = 'refused')::int as refused, bytes_in, bytes_out
  from usage_records where outcome <> 'open'`;
const ofRollup = (unit: string) =>
  `select (bucket at time zone 'utc')::date as day, team_id, calls, counted, errors, refused, bytes_in, bytes_out from usage_${unit}`;
