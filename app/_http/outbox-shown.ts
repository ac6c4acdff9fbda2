import { env } from '#lib/env.ts';

/** Emails are shown in the browser only if they are written to a folder, and never in production. */
export function outboxIsShown(): boolean {
  const { isProduction, RESEND_API_KEY, SMTP_URL } = env();
  return !isProduction && !RESEND_API_KEY && !SMTP_URL;
}
