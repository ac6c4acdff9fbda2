/** What a form action answers. `invalid` names fields; `refused` says in words what stood in the way. */
export type ActionState<T = undefined> =
  | { status: 'idle' }
  | { status: 'done'; value: T }
  | { status: 'invalid'; fields: Record<string, string[] | undefined> }
  | { status: 'refused'; message: string };

export const idle: ActionState<never> = { status: 'idle' };
