import type { z } from 'zod';
import { currentUser, operatorOf } from '#app/_http/session.ts';
import { type Db, database } from '#db/client.ts';
import type { Operator } from '#lib/access/operator.ts';
import type { Settings } from '#lib/access/settings.ts';
import { readSettings } from '#lib/env.ts';
import { reachAction } from '#lib/process/action-call.ts';
import { type ActionState, sessionExpired } from './action-state.ts';
import { runAction } from './form-action.ts';

/** Wraps a verb as a form action of an operator page. */
export function operatorAction<S extends z.ZodType, T>(
  Input: S,
  run: (
    context: { db: Db; operator: Operator; settings: Settings },
    input: z.output<S>,
  ) => Promise<ActionState<T>>,
) {
  return async (_previous: ActionState<T>, form: FormData): Promise<ActionState<T>> => {
    reachAction();
    const user = await currentUser();
    if (!user) return sessionExpired;
    const operator = operatorOf(user);
    return runAction(Input, form, (input) =>
      run({ db: database(), operator, settings: readSettings() }, input),
    );
  };
}
