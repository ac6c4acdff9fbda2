'use server';

import { setTimeout } from 'node:timers/promises';
import { publicAction } from '#app/_actions/user-action.ts';
import { browserAddress } from '#app/_http/origin.ts';
import { ReportFoundKey, reportFoundKey } from '#lib/exposures/report-found-key.ts';
import { throttle } from '#lib/exposures/throttle.ts';

const MINUTE_MS = 60_000;
const mayOne = throttle({ limit: 10, windowMs: 10 * MINUTE_MS });
const mayAll = throttle({ limit: 60, windowMs: MINUTE_MS });

/** Whether a key is one of ours shows neither in the answer nor in its time: all take at least this long. */
const ANSWER_MS = 500;

export const reportFoundKeyAction = publicAction(ReportFoundKey, async (context, input) => {
  const address = await browserAddress();
  // Without a trusted proxy nobody can be told apart, and the limit on all must do.
  if ((address !== null && !mayOne(address)) || !mayAll('all'))
    return { status: 'refused', message: 'Too many reports at once. Send it again in a few minutes.' };
  await Promise.all([reportFoundKey(context, input), setTimeout(ANSWER_MS)]);
  return { status: 'done', value: undefined };
});
