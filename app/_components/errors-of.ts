import type { ActionState } from '#app/_actions/action-state.ts';

/** The errors of one field of an invalid form. */
export function errorsOf<T>(state: ActionState<T>, name: string): string[] | undefined {
  return state.status === 'invalid' ? state.fields[name] : undefined;
}
