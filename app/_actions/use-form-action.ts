import { useActionState } from 'react';
import type { ActionState } from './action-state.ts';
import { tryAction } from './try-action.ts';

/** The server accepts `serverActions.bodySizeLimit` in next.config.mjs. The difference is for the form's encoding. */
export const FORM_BYTES_MAX = 3_900_000;

/**
 * `useActionState` for every form. If an action can't be reached, the form stays as it is, and its `SubmitButton` shows the
 * state and sends it again.
 */
export function useFormAction<T>(
  send: (before: ActionState<T>, form: FormData) => Promise<ActionState<T>>,
  initial: ActionState<T>,
) {
  return useActionState<ActionState<T>, FormData>(
    (before, form) =>
      bytesOf(form) > FORM_BYTES_MAX
        ? {
            status: 'failed',
            message: 'This is too large. Send at most 3.9 MB, then try again.',
            next: 'retry',
          }
        : tryAction(() => send(before, form)),
    initial,
  );
}

function bytesOf(form: FormData): number {
  let bytes = 0;
  for (const value of form.values()) bytes += typeof value === 'string' ? new Blob([value]).size : value.size;
  return bytes;
}
