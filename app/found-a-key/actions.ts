'use server';

import { setTimeout } from 'node:timers/promises';
import { publicAction } from '#app/_actions/user-action.ts';
import { browserAddress } from '#app/_http/origin.ts';
import { ReportFoundKey, reportFoundKey } from '#lib/exposures/report-found-key.ts';
import { throttle } from '#lib/exposures/throttle.ts';

const MINUTE_MS = 60_000;
const reportsPerAddress = throttle({ limit: 10, windowMs: 10 * MINUTE_MS });
const reportsPerProcess = throttle({ limit: 60, windowMs: MINUTE_MS });

/** Neither the response nor its timing shows whether a key exists: all responses take at least this long. */
const ANSWER_MS = 500;

export const reportFoundKeyAction = publicAction(ReportFoundKey, async (context, input) => {
  const address = await browserAddress();
  // Without a trusted proxy senders can't be told apart, so only the total limit applies.
  if ((address !== null && !reportsPerAddress(address)) || !reportsPerProcess('all'))
    return {
      status: 'refused',
      message: 'We’re receiving too many reports right now. Try again in a few minutes.',
    };
  await Promise.all([reportFoundKey(context, input), setTimeout(ANSWER_MS)]);
  return { status: 'done', value: undefined };
});
