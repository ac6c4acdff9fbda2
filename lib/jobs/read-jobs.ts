import { CronExpressionParser } from 'cron-parser';
import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import type { Operator } from '#lib/access/operator.ts';
import { SCHEDULE } from './schedule.ts';

/** `waiting`: queued; a worker starts it within seconds. `retrying`: it failed and will be retried. */
export type RunState = 'waiting' | 'retrying' | 'running' | 'done' | 'failed' | 'cancelled';

export type JobRun = {
  state: RunState;
  queuedAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  /** When a failed run is retried. */
  nextTryAt: Date | null;
  tries: number;
  /** What it did, or why it failed. */
  result: string | null;
  /** Who started it manually. */
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
  result: string | null;
  by: string | null;
};

/** All scheduled jobs with their last runs, newest first, and the next scheduled time. */
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

/** Reads the table of pg-boss directly: its API loads all stored runs, and the page needs five per job. */
function readRuns(db: Queryable) {
  const names = SCHEDULE.map(({ name }) => sql`(${name})`);
  return db.execute<Row>(sql`
    select wanted.name, run.* from (values ${sql.join(names, sql`, `)}) as wanted (name)
    cross join lateral (
      select state, created_on, started_on, completed_on, start_after, retry_count,
        coalesce(output->>'did', output->>'message', output->'value'->>'message') as result, data->>'by' as by
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
    result: row.result?.slice(0, 300) ?? null,
    by: row.by,
  };
}
