/** Runs once when the portal's server starts: mails and reminders are sent from here. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { startMail, startReminders } = await import('./instrumentation-node.ts');
  await startMail();
  startReminders();
}
