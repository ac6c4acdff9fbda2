import type { PgBoss } from 'pg-boss';
import { reasonOf, tellErrors } from './log-errors.ts';
import { openBoss, type Pace, takeUp } from './open-boss.ts';
import type { Job, JobContext } from './schedule.ts';

export type Jobs = {
  /** What takes jobs, or null until the database has answered. */
  boss: () => PgBoss | null;
  /** Settles when the jobs of this process run, or were stopped before that. */
  started: Promise<void>;
  /** Takes no further job and gives the ones under way a moment; what is cut off is tried again elsewhere. */
  stop: () => Promise<void>;
};

type Options = JobContext & {
  url: string;
  schedule: readonly Job[];
  log: (line: string) => void;
  pace?: Pace;
};

const STOP_MS = 5_000;
const RETRY_MAX_MS = 30_000;

/**
 * Runs the scheduled jobs of an installation in this process, beside others that do the same. A database that is
 * away, now or later, is waited for.
 */
export function startJobs({ url, schedule, log, pace = {}, ...context }: Options): Jobs {
  const tell = tellErrors(log);
  const stopping = new AbortController();
  let running: PgBoss | null = null;

  const work = async (job: Job): Promise<string> => {
    try {
      return await job.run(context);
    } catch (error) {
      tell(`${job.name} failed`, error);
      throw new Error(reasonOf(error)); // pg-boss keeps all that it is thrown.
    }
  };

  async function attempt(): Promise<boolean> {
    const boss = openBoss(url, pace);
    boss.on('error', (error) => tell('the queue', error));
    boss.on('warning', ({ message }) => tell('the queue', message));
    try {
      await boss.start();
      await takeUp(boss, schedule, work, pace);
      running = boss;
      return true;
    } catch (error) {
      tell('could not start', error);
      await boss.stop({ graceful: false }).catch(() => {});
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
      await boss?.stop({ timeout: STOP_MS }).catch((error: unknown) => tell('could not stop cleanly', error));
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
