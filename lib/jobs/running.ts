import { slot } from '#lib/process/slot.ts';
import type { Jobs } from './start-jobs.ts';

const running = () => slot<{ jobs: Jobs | null }>('jobs', () => ({ jobs: null }));

/** Stores the jobs of this process for the page that shows them. */
export function keepJobs(jobs: Jobs): Jobs {
  running().jobs = jobs;
  return jobs;
}

/** The jobs of this process, or null if none were started. */
export const runningJobs = (): Jobs | null => running().jobs;
