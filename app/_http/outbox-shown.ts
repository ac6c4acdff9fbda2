import { env } from '#lib/env.ts';

/** Mails are shown in the browser only where they go to a folder, and never in production. */
export function outboxIsShown(): boolean {
  const { isProduction, RESEND_API_KEY, SMTP_URL } = env();
  return !isProduction && !RESEND_API_KEY && !SMTP_URL;
}
