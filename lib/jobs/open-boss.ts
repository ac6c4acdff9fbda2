import { PgBoss } from 'pg-boss';
import type { Job } from './schedule.ts';

/** Where pg-boss keeps its own tables. It makes and migrates them itself. */
const JOBS_SCHEMA = 'jobs';

/** A worker that dies is noticed after so long, and its job tried again. */
const HEARTBEAT_SECONDS = 30;
const KEPT_SECONDS = 7 * 86_400;

export type Pace = { pollSeconds?: number; cronSeconds?: number };

/**
 * pg-boss on a pool of its own, two connections at most: it sends several statements as one, in transactions that a
 * shared pool would leave open after an error.
 */
export function openBoss(url: string, { cronSeconds }: Pace = {}): PgBoss {
  const { connectionString, ssl } = connectionOf(url);
  const options = {
    connectionString,
    ...(ssl === undefined ? {} : { ssl }),
    schema: JOBS_SCHEMA,
    application_name: 'latchkey-jobs',
    max: 2,
    connectionTimeoutMillis: 5_000,
    // Handed on to the driver: a database that hangs must not hold a worker for ever.
    query_timeout: 60_000,
    keepAlive: true,
    ...(cronSeconds
      ? { cronMonitorIntervalSeconds: cronSeconds, cronWorkerIntervalSeconds: cronSeconds }
      : {}),
  };
  return new PgBoss(options);
}

/** `sslmode` as the portal's driver reads it: `require` encrypts without asking who answers. */
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

/** Makes the queues, schedules and workers of all jobs; what is no longer scheduled comes off the clock. */
export async function takeUp(
  boss: PgBoss,
  schedule: readonly Job[],
  work: (job: Job, data: unknown) => Promise<string>,
  { pollSeconds = 5 }: Pace = {},
): Promise<void> {
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
    // `exclusive`: one at a time over all processes, whether it waits, runs or is tried again.
    await boss.createQueue(job.name, { policy: 'exclusive', ...settings });
    await boss.updateQueue(job.name, settings);
    await boss.schedule(job.name, job.cron, null, { tz: 'UTC' });
    await boss.work(job.name, { pollingIntervalSeconds: pollSeconds }, async ([one]) => ({
      did: await work(job, one?.data),
    }));
    if (job.atStart) await boss.send(job.name, null, { singletonSeconds: 600 });
  }
}
