import type { ActionState } from '#app/_actions/action-state.ts';

/** What a refused form said about one field. */
export function errorsOf<T>(state: ActionState<T>, name: string): string[] | undefined {
  return state.status === 'invalid' ? state.fields[name] : undefined;
}
