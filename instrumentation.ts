/** Runs once when the portal's server starts: mails are sent from here. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { startMail } = await import('./instrumentation-node.ts');
  await startMail();
}
