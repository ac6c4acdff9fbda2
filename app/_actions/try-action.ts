import { unstable_isUnrecognizedActionError, unstable_rethrow } from 'next/navigation';
import type { ActionState } from './action-state.ts';

type Failed = Extract<ActionState, { status: 'failed' }>;

const CHANGED: Failed = {
  status: 'failed',
  message: 'Latchkey was updated. Reload the page to continue.',
  next: 'reload',
};

/** Calls a server action. An action that can't be reached becomes a state, so that a form keeps what was typed. */
export async function tryAction<T>(run: () => Promise<ActionState<T>>): Promise<ActionState<T>> {
  try {
    const state = await run();
    // A server that does not know the form's version answers with nothing.
    return state ?? CHANGED;
  } catch (error) {
    unstable_rethrow(error); // Redirects and "not found" are errors to React, not to us.
    return failureOf(error);
  }
}

function failureOf(error: unknown): Failed {
  if (unstable_isUnrecognizedActionError(error)) return CHANGED;
  if (!navigator.onLine)
    return { status: 'failed', message: 'You’re offline. Reconnect, then try again.', next: 'retry' };
  if (isTooLarge(error))
    return {
      status: 'failed',
      message: 'This is too large to send. Shorten it, then try again.',
      next: 'retry',
    };
  // `fetch` rejects with a TypeError if no response came.
  return error instanceof TypeError
    ? { status: 'failed', message: 'Can’t reach the server. Try again in a moment.', next: 'retry' }
    : {
        status: 'failed',
        message: 'The server couldn’t process this. Try again in a moment.',
        next: 'retry',
      };
}

const isTooLarge = (error: unknown) => error instanceof Error && /\bexceed(?:s|ed)\b/i.test(error.message);
