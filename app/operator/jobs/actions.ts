'use server';

import { revalidatePath } from 'next/cache';
import { operatorAction } from '#app/_actions/operator-action.ts';
import { RunJob, runJob } from '#lib/jobs/run-job.ts';
import { runningJobs } from '#lib/jobs/running.ts';

const REFUSED = {
  not_found: 'This job no longer exists. Reload the page.',
  not_running: 'Jobs haven’t started in this process yet. Try again in a moment.',
  already_queued: 'This job is already queued or running.',
} as const;

export const runJobAction = operatorAction<typeof RunJob, undefined>(RunJob, async (context, input) => {
  const ran = await runJob({ ...context, boss: runningJobs()?.boss() ?? null }, input);
  revalidatePath('/operator/jobs');
  return ran.ok ? { status: 'done', value: undefined } : { status: 'refused', message: REFUSED[ran.reason] };
});
