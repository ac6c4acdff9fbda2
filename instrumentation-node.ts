import { database, pool } from '#db/client.ts';
import { renderMail } from '#emails/render.tsx';
import { env } from '#lib/env.ts';
import { openTransport } from '#lib/mail/transport.ts';
import { startMailWorker } from '#lib/mail/worker.ts';
import { remindReviews } from '#lib/members/remind-reviews.ts';

/** Starts the mail worker of this process. */
export async function startMail(): Promise<void> {
  const settings = env();
  await startMailWorker({
    sql: pool(),
    transport: openTransport(settings),
    render: renderMail,
    from: settings.MAIL_FROM,
    encryptionKey: settings.LATCHKEY_ENCRYPTION_KEY,
  });
}

const HOUR_MS = 3_600_000;

/** Looks every hour which membership reviews have fallen due. Each process does; each reminder is sent once. */
export function startReminders(): void {
  const remind = () =>
    remindReviews({ db: database() }).catch((error: unknown) =>
      console.error('Reviews: no reminders', error),
    );
  setInterval(remind, HOUR_MS).unref();
}
