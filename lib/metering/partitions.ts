import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';

/** Days that data with a fixed retention is kept, including today. */
const MINUTES_DAYS = 3;
const HOURS_DAYS = 100;
/** Segments are stored again within minutes, or after a disk was recovered. Without these IDs, that changes nothing either. */
const SEGMENTS_DAYS = 30;

const ROWS_AT_ONCE = 5_000;
/** Longer than most statements and too short to notice: the longest time that readers wait. */
const LOCK_TIMEOUT_MS = 500;
const LOCK_NOT_AVAILABLE = '55P03';
/** The lock of `ensure_usage_partitions` in db/rules.sql. */
const PARTITIONS_LOCK = 4_201_770_002;

/**
 * Creates the partitions of the coming days, and moves rows of days that had none out of the default partitions. Safe to
 * run in several processes at once. Returns how many it created, or null if the default partitions are in use: requests
 * would queue behind the lock, and the next run is early enough.
 */
export async function ensureUsagePartitions(db: Queryable, { daysAhead = 7 } = {}): Promise<number | null> {
  let made = 0;
  const done = await unlessInUse(
    db,
    async (tx) => {
      const [row] = await tx.execute<{ made: number }>(
        sql`select ensure_usage_partitions(${daysAhead}::int) as made`,
      );
      made = row?.made ?? 0;
    },
    // The function takes this lock, too. Waiting for it has no timeout, because nothing waits behind it.
    (tx) => tx.execute(sql`select pg_advisory_xact_lock(${PARTITIONS_LOCK})`),
  );
  return done ? made : null;
}

/**
 * Indexes that only readers need. They would cost each request more than the rest of its row, so today's partition has
 * none: a search there reads the team's requests of the day.
 */
const CLOSED_DAY_INDEXES: Readonly<Record<string, string>> = {
  application: '(application_id, id)',
  member: '(member_id, id) where member_id is not null',
  client: '(team_id, client_ip, id)',
  endpoint: '(team_id, endpoint_id, id)',
  // Most requests have this method and are found without an index.
  method: "(team_id, method, id) where method <> 'GET'",
};

/**
 * Creates the readers' indexes for days that ended at least an hour ago. Writes to such a day wait meanwhile. Returns how
 * many days were indexed; a day in use is left to the next run.
 */
export async function indexClosedDays(db: Queryable): Promise<number> {
  const days = await db.execute<{ name: string }>(sql`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'usage_records'::regclass and c.relname ~ '_[0-9]{8}$'
      and to_date(right(c.relname, 8), 'YYYYMMDD') < (now() at time zone 'utc' - interval '1 hour')::date
      and to_regclass(c.relname || '_endpoint') is null
    order by 1 desc`);
  let done = 0;
  for (const { name } of days) {
    const indexed = await unlessInUse(db, async (tx) => {
      await tx.execute(sql`select set_config('statement_timeout', '0', true)`);
      await tx.execute(sql`lock table ${sql.identifier(name)} in share row exclusive mode`); // One process at a time.
      for (const [what, columns] of Object.entries(CLOSED_DAY_INDEXES)) {
        const index = sql.identifier(`${name}_${what}`);
        await tx.execute(
          sql`create index if not exists ${index} on ${sql.identifier(name)} ${sql.raw(columns)}`,
        );
      }
    });
    if (indexed) done++;
  }
  return done;
}

type DroppedUsage = {
  /** Names of dropped partitions. */
  dropped: string[];
  /** Names of partitions in use, left to the next run. */
  busy: string[];
  /** Rows deleted in batches: of teams with a shorter retention, and of tables without partitions. */
  deleted: number;
};

/**
 * Deletes data past its retention. Requests are kept for as many whole UTC days as the team's limits say, plus today. A
 * day that no team keeps is dropped as a whole; otherwise the rows of the other teams are deleted.
 */
export async function dropExpiredUsage(db: Queryable): Promise<DroppedUsage> {
  const done: DroppedUsage = { dropped: [], busy: [], deleted: 0 };
  const partitions = await readPartitions(db);
  const [kept] = await db.execute<{ least: number; most: number }>(sql`
    select min(retention_days)::int as least, max(retention_days)::int as most from (
      select retention_days from team_retention union all select retention_days from plans where is_default
    ) kept`);
  for (const { parent, name, age } of partitions) {
    const days = parent === 'usage_minutes' ? MINUTES_DAYS - 1 : kept!.most;
    if (age > days) done[(await drop(db, name)) ? 'dropped' : 'busy'].push(name);
    else if (parent === 'usage_records' && age > kept!.least)
      done.deleted += await deleteOf(db, name, sql`l.retention_days < ${age}`);
  }
  done.deleted += await deleteOf(
    db,
    'usage_records_default',
    sql`r.day < (now() at time zone 'utc')::date - l.retention_days`,
  );
  done.deleted += await deleteOlder(db, 'usage_hours', 'bucket', HOURS_DAYS);
  done.deleted += await deleteOlder(db, 'usage_clients', 'day', HOURS_DAYS);
  done.deleted += await deleteOlder(db, 'usage_reconciliations', 'day', HOURS_DAYS);
  done.deleted += await deleteOlder(db, 'usage_segments', 'shipped_at', SEGMENTS_DAYS);
  return done;
}

type Partition = { parent: 'usage_records' | 'usage_minutes'; name: string; age: number };

/** The partitions, each with its age in UTC days; today's is 0. */
async function readPartitions(db: Queryable): Promise<Partition[]> {
  return await db.execute<Partition>(sql`
    select p.relname as parent, c.relname as name,
      (now() at time zone 'utc')::date - to_date(right(c.relname, 8), 'YYYYMMDD') as age
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
    where p.oid in ('usage_records'::regclass, 'usage_minutes'::regclass) and c.relname ~ '_[0-9]{8}$'
    order by 2`);
}

const drop = (db: Queryable, name: string): Promise<boolean> =>
  unlessInUse(db, async (tx) => {
    await tx.execute(sql`drop table if exists ${sql.identifier(name)}`);
  });

/** Returns false if the table is in use, so that nothing waits for long. */
async function unlessInUse(
  db: Queryable,
  change: (tx: Queryable) => Promise<void>,
  before?: (tx: Queryable) => Promise<unknown>,
): Promise<boolean> {
  try {
    await db.transaction(async (tx) => {
      await before?.(tx);
      await tx.execute(sql`select set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, true)`);
      await change(tx);
    });
    return true;
  } catch (error) {
    if (codeOf(error) === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
}

/** Deletes a partition's rows that meet a condition on the team's limits (l) and the row (r). */
async function deleteOf(db: Queryable, name: string, expired: SQL): Promise<number> {
  const table = sql.identifier(name);
  return inBatches(
    db,
    sql`delete from ${table} where id in (
      select r.id from team_retention l
      cross join lateral (select r.id from ${table} r where r.team_id = l.team_id and ${expired} limit ${ROWS_AT_ONCE}) r
      limit ${ROWS_AT_ONCE})`,
  );
}

async function deleteOlder(db: Queryable, name: string, column: string, days: number): Promise<number> {
  const table = sql.identifier(name);
  const before = sql`(now() at time zone 'utc')::date - ${days - 1}::int`;
  const moment = column === 'day' ? before : sql`(${before})::timestamp at time zone 'utc'`;
  return inBatches(
    db,
    sql`delete from ${table} where ctid = any (array(
      select ctid from ${table} where ${sql.identifier(column)} < ${moment} limit ${ROWS_AT_ONCE}))`,
  );
}

/** Each batch is a transaction of its own, so that few rows are locked, and for a short time. */
async function inBatches(db: Queryable, statement: SQL): Promise<number> {
  for (let deleted = 0; ; ) {
    const { count } = await db.execute(statement);
    deleted += count;
    if (count < ROWS_AT_ONCE) return deleted;
  }
}

/** Drizzle wraps PostgreSQL's error. */
function codeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  return 'code' in error ? error.code : codeOf(error.cause);
}
