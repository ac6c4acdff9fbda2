import { CronExpressionParser } from 'cron-parser';
import { PgBoss } from 'pg-boss';
import type { Job } from './schedule.ts';

/** The schema of pg-boss, which creates and migrates its tables itself. */
const JOBS_SCHEMA = 'jobs';

/** A crashed worker is noticed after this time, and its job is retried. */
const HEARTBEAT_SECONDS = 30;
const KEPT_SECONDS = 7 * 86_400;

export type Intervals = { pollSeconds?: number; cronSeconds?: number };

/**
 * Opens pg-boss on its own pool of at most two connections. It sends several statements at once, in transactions that a
 * shared pool would leave open after an error.
 */
export function openBoss(url: string, { cronSeconds }: Intervals = {}): PgBoss {
  const { connectionString, ssl } = connectionOf(url);
  const options = {
    connectionString,
    ...(ssl === undefined ? {} : { ssl }),
    schema: JOBS_SCHEMA,
    application_name: 'latchkey-jobs',
    max: 2,
    connectionTimeoutMillis: 5_000,
    // Passed to the driver, so that a hanging database doesn't block a worker forever.
    query_timeout: 60_000,
    keepAlive: true,
    ...(cronSeconds
      ? { cronMonitorIntervalSeconds: cronSeconds, cronWorkerIntervalSeconds: cronSeconds }
      : {}),
  };
  return new PgBoss(options);
}

/** Interprets `sslmode` like the portal's driver: `require` encrypts without verifying the certificate. */
function connectionOf(url: string): { connectionString: string; ssl?: object | boolean } {
  const parsed = new URL(url);
  const mode = parsed.searchParams.get('sslmode') ?? parsed.searchParams.get('ssl');
  if (mode === null) return { connectionString: url };
  parsed.searchParams.delete('sslmode');
  parsed.searchParams.delete('ssl');
  const connectionString = parsed.href;
  if (mode === 'require') return { connectionString, ssl: { rejectUnauthorized: false } };
  return mode === 'true' || mode.startsWith('verify')
    ? { connectionString, ssl: true }
    : { connectionString, ssl: false };
}

/**
 * Creates the queues, schedules and workers of all jobs, and removes schedules of jobs that no longer exist. Queues the jobs
 * that run at start, and those that were due while no process was running.
 */
export async function registerJobs(
  boss: PgBoss,
  schedule: readonly Job[],
  work: (job: Job, data: unknown) => Promise<string>,
  { pollSeconds = 5 }: Intervals = {},
): Promise<void> {
  const lastQueued = await readLastQueued(boss);
  const known = new Set(schedule.map(({ name }) => name));
  for (const { name } of await boss.getSchedules()) if (!known.has(name)) await boss.unschedule(name);
  for (const job of schedule) {
    const settings = {
      retryLimit: 3,
      retryDelay: 10,
      retryBackoff: true,
      retryDelayMax: 600,
      expireInSeconds: job.timeoutSeconds,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      retentionSeconds: 86_400,
      deleteAfterSeconds: KEPT_SECONDS,
    };
    // `exclusive`: one at a time across all processes, whether it is queued, running or being retried.
    await boss.createQueue(job.name, { policy: 'exclusive', ...settings });
    await boss.updateQueue(job.name, settings);
    await boss.schedule(job.name, job.cron, null, { tz: 'UTC' });
    await boss.work(job.name, { pollingIntervalSeconds: pollSeconds }, async ([one]) => ({
      did: await work(job, one?.data),
    }));
    if (job.atStart || wasMissed(job, lastQueued.get(job.name)))
      await boss.send(job.name, null, { singletonSeconds: 600 });
  }
}

/** When each queue last got a job: the queue's creation if all of its jobs are deleted. Empty for a new installation. */
async function readLastQueued(boss: PgBoss): Promise<Map<string, Date>> {
  const { rows } = await boss.getDb().executeSql(
    `select q.name, coalesce(max(j.created_on), q.created_on) as at
     from ${JOBS_SCHEMA}.queue q left join ${JOBS_SCHEMA}.job j on j.name = q.name group by q.name, q.created_on`,
  );
  return new Map(rows.map(({ name, at }: { name: string; at: string | Date }) => [name, new Date(at)]));
}

/** Whether the schedule called for a run since the last one. pg-boss only queues jobs that become due while it runs. */
function wasMissed({ cron }: Job, lastQueuedAt: Date | undefined): boolean {
  if (!lastQueuedAt) return false;
  return CronExpressionParser.parse(cron, { tz: 'UTC' }).prev().toDate() > lastQueuedAt;
}
