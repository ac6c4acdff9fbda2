import { pool } from '#db/client.ts';
import { renderMail } from '#emails/render.tsx';
import { env } from '#lib/env.ts';
import { openTransport } from '#lib/mail/transport.ts';
import { startMailWorker } from '#lib/mail/worker.ts';

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
