/** Runs once when the portal's server starts: request bodies are bounded, and email and jobs run from here. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { applyOperator, guardRequests, keepRevoked, startMail, startScheduled } = await import(
    './instrumentation-node.ts'
  );
  guardRequests();
  await keepRevoked();
  await applyOperator();
  await startMail();
  startScheduled();
}
