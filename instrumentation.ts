/** Runs once when the portal's server starts: mails are sent and jobs run from here. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { keepRevoked, startMail, startScheduled } = await import('./instrumentation-node.ts');
  await keepRevoked();
  await startMail();
  startScheduled();
}
