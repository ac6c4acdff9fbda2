import type { ActionState } from './action-state.ts';

/** Why an action did not succeed, for a toast or a dialog. */
export function reasonOf<T>(state: ActionState<T>, otherwise = 'Something went wrong. Try again.'): string {
  if (state.status === 'refused' || state.status === 'failed') return state.message;
  if (state.status !== 'invalid') return otherwise;
  const errors = Object.values(state.fields).flatMap((messages) => messages ?? []);
  return errors.length > 0 ? errors.join(' ') : otherwise;
}
