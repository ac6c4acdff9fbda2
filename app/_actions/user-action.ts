import type { z } from 'zod';
import { currentUser } from '#app/_http/session.ts';
import { type Db, database } from '#db/client.ts';
import type { User } from '#lib/access/member.ts';
import type { Settings } from '#lib/access/settings.ts';
import { HashingBusy } from '#lib/accounts/hashing-queue.ts';
import { readSettings } from '#lib/env.ts';
import { reachAction } from '#lib/process/action-call.ts';
import { type ActionState, sessionExpired } from './action-state.ts';
import { runAction } from './form-action.ts';

/** Wraps a verb as a form action for any signed-in user. */
export function userAction<S extends z.ZodType, T>(
  Input: S,
  run: (context: { db: Db; user: User; settings: Settings }, input: z.output<S>) => Promise<ActionState<T>>,
) {
  return async (_previous: ActionState<T>, form: FormData): Promise<ActionState<T>> => {
    reachAction();
    const user = await currentUser();
    if (!user) return sessionExpired;
    return runAction(Input, form, (input) =>
      unlessBusy(run({ db: database(), user, settings: readSettings() }, input)),
    );
  };
}

/** Wraps a verb as a form action that needs no session. */
export function publicAction<S extends z.ZodType, T>(
  Input: S,
  run: (context: { db: Db; settings: Settings }, input: z.output<S>) => Promise<ActionState<T>>,
) {
  return async (_previous: ActionState<T>, form: FormData): Promise<ActionState<T>> => {
    reachAction();
    return runAction(Input, form, (input) =>
      unlessBusy(run({ db: database(), settings: readSettings() }, input)),
    );
  };
}

/** Password hashing has a queue. If it is full, the user is asked to try again. */
async function unlessBusy<T>(running: Promise<ActionState<T>>): Promise<ActionState<T>> {
  try {
    return await running;
  } catch (error) {
    if (!(error instanceof HashingBusy)) throw error;
    return { status: 'refused', message: 'We’re busy right now. Try again in a few seconds.' };
  }
}
