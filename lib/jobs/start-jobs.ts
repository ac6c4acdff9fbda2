import type { PgBoss } from 'pg-boss';
import { log } from '#lib/process/log.ts';
import { errorSummary, throttledErrors } from './log-errors.ts';
import { type Intervals, openBoss, registerJobs } from './open-boss.ts';
import type { Job, JobContext } from './schedule.ts';

export type Jobs = {
  /** The queue. Null until the database has responded. */
  boss: () => PgBoss | null;
  /** Settles when the jobs of this process have started, or when they were stopped before. */
  started: Promise<void>;
  /** Takes no more jobs and gives running ones a moment to finish. Interrupted jobs are retried in another process. */
  stop: () => Promise<void>;
};

type Options = JobContext & {
  url: string;
  schedule: readonly Job[];
  intervals?: Intervals;
};

const STOP_MS = 5_000;
const RETRY_MAX_MS = 30_000;

/** Runs the scheduled jobs in this process, alongside other processes. Waits while the database is unavailable. */
export function startJobs({ url, schedule, intervals = {}, ...context }: Options): Jobs {
  const logQueueError = throttledErrors();
  const stopping = new AbortController();
  let running: PgBoss | null = null;

  const work = async (job: Job): Promise<string> => {
    try {
      return await job.run(context);
    } catch (err) {
      log.error({ err, job: job.name }, 'job failed');
      throw new Error(errorSummary(err)); // pg-boss stores everything that is thrown.
    }
  };

  async function attempt(): Promise<boolean> {
    const boss = openBoss(url, intervals);
    boss.on('error', (err) => logQueueError(err, 'jobs: queue error'));
    boss.on('warning', ({ message }) => logQueueError(new Error(message), 'jobs: queue warning'));
    try {
      await boss.start();
      await registerJobs(boss, schedule, work, intervals);
      running = boss;
      return true;
    } catch (err) {
      logQueueError(err, 'jobs could not start');
      await boss.stop({ graceful: false }).catch((stopError: unknown) => {
        log.debug({ err: stopError }, 'jobs: stopping a queue that did not start failed');
      });
      return false;
    }
  }

  async function start(): Promise<void> {
    for (let tries = 0; !stopping.signal.aborted && !(await attempt()); tries++)
      await pause(Math.min(RETRY_MAX_MS, 250 * 2 ** tries), stopping.signal);
  }

  const started = start();
  return {
    boss: () => running,
    started,
    async stop() {
      stopping.abort();
      await started;
      const boss = running;
      running = null;
      await boss
        ?.stop({ timeout: STOP_MS })
        .catch((err: unknown) => log.error({ err }, 'jobs did not stop cleanly'));
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
