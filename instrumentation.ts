import type { Instrumentation } from 'next';

/** Runs once when the portal's server starts: request bodies are bounded, and emails and jobs run from here. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { startPortal } = await import('./instrumentation-node.ts');
  await startPortal();
}

/** Logs an error that a page, a route or an action threw: where, but no values from the client. */
export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { logRequestError } = await import('./instrumentation-node.ts');
  logRequestError(error, request, context);
};
