import { AsyncLocalStorage } from 'node:async_hooks';
import { slot } from './slot.ts';

/**
 * Next decodes the arguments of a server action before any of our code runs, and answers 500 to arguments that it can't
 * decode. A request that failed without reaching its action was malformed.
 */
type ActionCall = { reached: boolean };

const calls = () => slot('action-calls', () => new AsyncLocalStorage<ActionCall>());

/** Runs the handling of a request that calls a server action. The function returns whether that has been reached. */
export function withActionCall<T>(handle: (isReached: () => boolean) => T): T {
  const call: ActionCall = { reached: false };
  return calls().run(call, () => handle(() => call.reached));
}

/** The first line of every server action. */
export function reachAction(): void {
  const call = calls().getStore();
  if (call) call.reached = true;
}

/** Whether the running request calls a server action that it hasn't reached so far. */
export const isActionUnreached = (): boolean => calls().getStore()?.reached === false;
