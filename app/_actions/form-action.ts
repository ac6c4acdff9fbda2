import { z } from 'zod';
import { Forbidden } from '#lib/access/errors.ts';
import type { ActionState } from './action-state.ts';
import { fieldWords } from './field-messages.ts';
import { formSender } from './form-sender.ts';
import { refuseKeys } from './refuse-keys.ts';

/**
 * Parses a form and runs a verb with it; translates what is expected to go wrong. The one body of all actions: no
 * field but one for secrets takes a secret key of ours.
 */
export async function runAction<S extends z.ZodType, T>(
  Input: S,
  form: FormData,
  run: (input: z.output<S>) => Promise<ActionState<T>>,
  onForbidden?: (error: Forbidden) => Promise<void>,
): Promise<ActionState<T>> {
  // An action can be called by hand, with anything in the form's place.
  if (!(form instanceof FormData)) return { status: 'invalid', fields: {} };
  const parsed = Input.safeParse(formValues(form), { error: fieldWords });
  const secrets = await refuseKeys(form, formSender);
  const fields = parsed.success ? secrets : { ...z.flattenError(parsed.error).fieldErrors, ...secrets };
  if (!parsed.success || Object.keys(secrets).length > 0) return { status: 'invalid', fields };
  try {
    return await run(parsed.data);
  } catch (error) {
    if (!(error instanceof Forbidden)) throw error;
    await onForbidden?.(error);
    return { status: 'refused', message: 'Your role does not allow this.' };
  }
}

/** A form as an object; a name that occurs several times, or ends in `[]`, becomes a list. */
function formValues(form: FormData): Record<string, FormDataEntryValue | FormDataEntryValue[]> {
  const values = new Map<string, FormDataEntryValue | FormDataEntryValue[]>();
  for (const name of new Set(form.keys())) {
    if (name.startsWith('$ACTION')) continue;
    const all = form.getAll(name);
    values.set(name.replace(/\[\]$/, ''), name.endsWith('[]') || all.length > 1 ? all : all[0]!);
  }
  return Object.fromEntries(values); // Defines, so that `__proto__` is a name like any other.
}
