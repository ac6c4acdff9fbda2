import type { z } from 'zod';
import { type Db, database } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import type { ActionState } from './action-state.ts';
import { runAction } from './form-action.ts';
import { requireMember } from './session.ts';

/** Wraps a verb as a form action of a team page. The page binds the slug; it is proven again here. */
export function memberAction<S extends z.ZodType, T>(
  Input: S,
  run: (context: { db: Db; member: Member }, input: z.output<S>) => Promise<ActionState<T>>,
) {
  return async (team: string, _previous: ActionState<T>, form: FormData): Promise<ActionState<T>> => {
    const member = await requireMember(team);
    return runAction(Input, form, (input) => run({ db: database(), member }, input));
  };
}
