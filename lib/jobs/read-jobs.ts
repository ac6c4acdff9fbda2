import { CronExpressionParser } from 'cron-parser';
import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import type { Operator } from '#lib/access/operator.ts';
import { SCHEDULE } from './schedule.ts';

/** `waiting`: queued, a worker takes it within seconds. `retrying`: it failed and is tried again. */
export type RunState = 'waiting' | 'retrying' | 'running' | 'done' | 'failed' | 'cancelled';

export type JobRun = {
  state: RunState;
  queuedAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  /** When a failed one is tried again. */
  nextTryAt: Date | null;
  tries: number;
  /** What it did, or why it failed. */
  said: string | null;
  /** Who asked for it out of turn. */
  by: string | null;
};

const RUNS = 5;

type Row = {
  name: string;
  state: 'created' | 'retry' | 'active' | 'completed' | 'cancelled' | 'failed';
  created_on: string;
  started_on: string | null;
  completed_on: string | null;
  start_after: string;
  retry_count: number;
  said: string | null;
  by: string | null;
};

/** Every scheduled job with its last runs, newest first, and when the clock next calls for it. */
export async function readJobs({ db }: { db: Queryable; operator: Operator }) {
  const [known] = await db.execute<{ there: boolean; now: string }>(
    sql`select to_regclass('jobs.job') is not null as there, now() as now`,
  );
  const rows = known?.there ? await readRuns(db) : [];
  return SCHEDULE.map(({ run: _, ...job }) => ({
    ...job,
    nextAt: CronExpressionParser.parse(job.cron, { tz: 'UTC', currentDate: new Date(known!.now) })
      .next()
      .toDate(),
    runs: rows.filter(({ name }) => name === job.name).map(runOf),
  }));
}

/** pg-boss's own table: its reader loads all runs that are kept, and this page wants five of each. */
function readRuns(db: Queryable) {
  const names = SCHEDULE.map(({ name }) => sql`(${name})`);
  return db.execute<Row>(sql`
    select wanted.name, run.* from (values ${sql.join(names, sql`, `)}) as wanted (name)
    cross join lateral (
      select state, created_on, started_on, completed_on, start_after, retry_count,
        coalesce(output->>'did', output->>'message', output->'value'->>'message') as said, data->>'by' as by
      from jobs.job where job.name = wanted.name order by created_on desc limit ${RUNS}) as run`);
}

const STATES: Record<Row['state'], RunState> = {
  created: 'waiting',
  retry: 'retrying',
  active: 'running',
  completed: 'done',
  cancelled: 'cancelled',
  failed: 'failed',
};

function runOf(row: Row): JobRun {
  const date = (text: string | null) => (text === null ? null : new Date(text));
  return {
    state: STATES[row.state],
    queuedAt: new Date(row.created_on),
    startedAt: date(row.started_on),
    endedAt: date(row.completed_on),
    nextTryAt: row.state === 'retry' ? date(row.start_after) : null,
    tries: row.retry_count + 1,
    said: row.said?.slice(0, 300) ?? null,
    by: row.by,
  };
}
