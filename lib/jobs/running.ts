import type { Jobs } from './start-jobs.ts';

// One a process: Next loads this module once per bundle layer, so it hangs on the global object.
const slot = globalThis as { latchkeyJobs?: Jobs };

/** Keeps the jobs that this process started, for the page that shows them. */
export function keepJobs(jobs: Jobs): Jobs {
  slot.latchkeyJobs = jobs;
  return jobs;
}

/** The jobs of this process, or null where none were started. */
export const runningJobs = (): Jobs | null => slot.latchkeyJobs ?? null;
