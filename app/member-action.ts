import { z } from 'zod';
import { type Db, database } from '#db/client.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Member } from '#lib/access/member.ts';
import type { ActionState } from './action-state.ts';
import { requireMember } from './session.ts';

/** Wraps a verb as a form action of a team page: prove membership, parse the form, run, translate refusals. */
export function memberAction<S extends z.ZodType, T>(
  Input: S,
  run: (context: { db: Db; member: Member }, input: z.output<S>) => Promise<ActionState<T>>,
) {
  return async (team: string, _previous: ActionState<T>, form: FormData): Promise<ActionState<T>> => {
    const member = await requireMember(team);
    const parsed = Input.safeParse(formValues(form));
    if (!parsed.success) return { status: 'invalid', fields: z.flattenError(parsed.error).fieldErrors };
    try {
      return await run({ db: database(), member }, parsed.data);
    } catch (error) {
      if (error instanceof Forbidden) return { status: 'refused', message: 'Your role does not allow this.' };
      throw error;
    }
  };
}

/** A form as an object; a name that occurs several times, or ends in `[]`, becomes a list. */
export function formValues(form: FormData): Record<string, FormDataEntryValue | FormDataEntryValue[]> {
  const values: Record<string, FormDataEntryValue | FormDataEntryValue[]> = {};
  for (const name of new Set(form.keys())) {
    if (name.startsWith('$ACTION')) continue;
    const all = form.getAll(name);
    values[name.replace(/\[\]$/, '')] = name.endsWith('[]') || all.length > 1 ? all : all[0]!;
  }
  return values;
}
