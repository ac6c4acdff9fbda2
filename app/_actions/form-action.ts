import { z } from 'zod';
import { Forbidden } from '#lib/access/errors.ts';
import type { ActionState } from './action-state.ts';
import { defaultMessages } from './field-messages.ts';
import { formSender } from './form-sender.ts';
import { refuseKeys } from './refuse-keys.ts';

/**
 * Parses a form and runs a verb with it. Turns expected errors into states. Every action goes through here, so no
 * field accepts a secret key, except fields for secrets.
 */
export async function runAction<S extends z.ZodType, T>(
  Input: S,
  form: FormData,
  run: (input: z.output<S>) => Promise<ActionState<T>>,
  onForbidden?: (error: Forbidden) => Promise<void>,
): Promise<ActionState<T>> {
  // A client can call an action with anything instead of a form.
  if (!(form instanceof FormData)) return { status: 'invalid', fields: {} };
  const parsed = Input.safeParse(formValues(form), { error: defaultMessages });
  const secrets = await refuseKeys(form, formSender);
  const fields = parsed.success ? secrets : { ...z.flattenError(parsed.error).fieldErrors, ...secrets };
  if (!parsed.success || Object.keys(secrets).length > 0) return { status: 'invalid', fields };
  try {
    return await run(parsed.data);
  } catch (error) {
    if (!(error instanceof Forbidden)) throw error;
    await onForbidden?.(error);
    return { status: 'refused', message: 'Your role doesn’t allow this.' };
  }
}

/** A form as an object. A name that occurs several times, or ends in `[]`, becomes a list. */
function formValues(form: FormData): Record<string, FormDataEntryValue | FormDataEntryValue[]> {
  const values = new Map<string, FormDataEntryValue | FormDataEntryValue[]>();
  for (const name of new Set(form.keys())) {
    if (name.startsWith('$ACTION')) continue;
    const all = form.getAll(name);
    values.set(name.replace(/\[\]$/, ''), name.endsWith('[]') || all.length > 1 ? all : all[0]!);
  }
  return Object.fromEntries(values); // Defines properties, so `__proto__` is an ordinary name.
}
