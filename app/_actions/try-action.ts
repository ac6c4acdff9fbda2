import { unstable_isUnrecognizedActionError, unstable_rethrow } from 'next/navigation';
import type { ActionState } from './action-state.ts';

type Failed = Extract<ActionState, { status: 'failed' }>;

/** Calls a server action. An action that can't be reached becomes a state, so that the form keeps its entries. */
export async function tryAction<T>(run: () => Promise<ActionState<T>>): Promise<ActionState<T>> {
  try {
    return await run();
  } catch (error) {
    unstable_rethrow(error); // To React, redirects and "not found" are errors too.
    return failureOf(error);
  }
}

function failureOf(error: unknown): Failed {
  if (unstable_isUnrecognizedActionError(error))
    return {
      status: 'failed',
      message: 'Latchkey was updated. Reload the page to continue; your entries are kept.',
      next: 'reload',
    };
  if (!navigator.onLine)
    return { status: 'failed', message: 'You’re offline. Reconnect, then try again.', next: 'retry' };
  const rejection =
    error instanceof Error ? REJECTIONS.find(({ text }) => text.test(error.message)) : undefined;
  if (rejection) return { status: 'failed', message: rejection.message, next: 'retry' };
  if (isOfConnection(error))
    return { status: 'failed', message: 'Can’t reach the server. Try again in a moment.', next: 'retry' };
  // The server logged its own error. Anything without its digest is a defect of this page: show it to developers.
  if (!(error instanceof Error && 'digest' in error)) reportError(error);
  return {
    status: 'failed',
    message: 'The server couldn’t process this. Try again in a moment.',
    next: 'retry',
  };
}

/** The responses of `lib/gateway/portal-edge.ts` before Next sees a request. Without a session, bodies have a lower limit. */
const REJECTIONS = [
  {
    text: /request body is too large/i,
    message: 'This is too large. Shorten it, or sign in again in another tab, then try again.',
  },
  { text: /busy right now/i, message: 'We’re busy right now. Try again in a few seconds.' },
];

/** The messages of browsers and React for a missing, truncated or foreign response, such as a proxy's error page. */
const isOfConnection = (error: unknown) =>
  error instanceof Error &&
  /failed to fetch|network\s?error|load failed|connection closed|unexpected response/i.test(error.message);
