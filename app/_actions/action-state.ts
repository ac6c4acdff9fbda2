/**
 * What a form action returns. `invalid` names fields, `refused` has the reason why the action wasn't allowed, `failed` means
 * that it didn't run: the server is unreachable, the session expired, or the page is older than the server.
 */
export type ActionState<T = undefined> =
  | { status: 'idle' }
  | { status: 'done'; value: T }
  | { status: 'invalid'; fields: Record<string, string[] | undefined> }
  | { status: 'refused'; message: string }
  | { status: 'failed'; message: string; next: 'retry' | 'reload' };

export const idle: ActionState<never> = { status: 'idle' };

/** For an action without a session. No redirect, because it would discard the form. */
export const sessionExpired: ActionState<never> = {
  status: 'failed',
  message: 'Your session expired. Sign in in another tab, then try again.',
  next: 'retry',
};
