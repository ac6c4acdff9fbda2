import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';

/** Days that the rollups and what else is kept by the installation alone are kept for, today among them. */
const MINUTES_DAYS = 3;
const HOURS_DAYS = 100;
/** A replay comes within minutes, or when a disk comes back: it would change nothing then either, but cost a pass. */
const SEGMENTS_DAYS = 30;

const ROWS_AT_ONCE = 5_000;
/** Longer than most statements, shorter than anybody notices: whoever reads meanwhile waits for this. */
const LOCK_TIMEOUT_MS = 500;
const LOCK_NOT_AVAILABLE = '55P03';
/** That of `ensure_usage_partitions` in db/rules.sql. */
const PARTITIONS_LOCK = 4_201_770_002;

/**
 * Makes the partitions of the days to come, and moves rows of days that had none out of the default ones. Safe from
 * several processes at once. Answers how many it made, or null when the default ones are in use for long: calls would wait
 * behind whoever waits for these, and the next run is in time.
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
    // Taken by the function as well. Others that make partitions are waited for without a limit: nobody waits behind that.
    (tx) => tx.execute(sql`select pg_advisory_xact_lock(${PARTITIONS_LOCK})`),
  );
  return done ? made : null;
}

/**
 * What only readers of a day's requests need. As it costs a call more than all the rest of its row, today's requests do
 * without: who looks for one of these there reads the team's requests of the day.
 */
const CLOSED_DAY_INDEXES: Readonly<Record<string, string>> = {
  application: '(application_id, id)',
  member: '(member_id, id) where member_id is not null',
  client: '(team_id, client_ip, id)',
  endpoint: '(team_id, endpoint_id, id)',
  // Most calls are of this method, and are found without.
  method: "(team_id, method, id) where method <> 'GET'",
};

/**
 * Gives the requests of days that ended an hour ago or earlier the indexes that only readers need. Calls that are still
 * to be written to such a day wait meanwhile. Answers how many days it did; one that is in use is left to the next run.
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
  /** Names of the partitions that are gone. */
  dropped: string[];
  /** Names of those that were in use: the next run finds them again. */
  busy: string[];
  /** Rows deleted one batch at a time: of teams that keep less than others, and of what is not partitioned. */
  deleted: number;
};

/**
 * Drops what is older than it is kept. Requests stay so many whole UTC days as the team's limits say, besides today:
 * a day that no team keeps is dropped at once, and of a day that some keep the others' rows are deleted.
 */
export async function dropExpiredUsage(db: Queryable): Promise<DroppedUsage> {
  const done: DroppedUsage = { dropped: [], busy: [], deleted: 0 };
  const partitions = await readPartitions(db);
  const [kept] = await db.execute<{ least: number; most: number }>(sql`
    select min(retention_days)::int as least, max(retention_days)::int as most from (
      select retention_days from team_limits union all select retention_days from plans where is_default
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

/** The partitions of days, each with its age in UTC days: 0 is today's. */
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

/** Answers false when somebody uses the table: nobody is kept waiting for long. */
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

/** Deletes a partition's rows of the teams that a condition on their limits (l) and rows (r) names. */
async function deleteOf(db: Queryable, name: string, expired: SQL): Promise<number> {
  const table = sql.identifier(name);
  return inBatches(
    db,
    sql`delete from ${table} where id in (
      select r.id from team_limits l
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

/** Each batch is a transaction of its own: it holds few rows, and for a short time. */
async function inBatches(db: Queryable, statement: SQL): Promise<number> {
  for (let deleted = 0; ; ) {
    const { count } = await db.execute(statement);
    deleted += count;
    if (count < ROWS_AT_ONCE) return deleted;
  }
}

/** Drizzle wraps what PostgreSQL said. */
function codeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  return 'code' in error ? error.code : codeOf(error.cause);
}
