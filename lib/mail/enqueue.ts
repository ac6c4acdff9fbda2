import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import type { Queryable } from '#db/client.ts';
import { outbox } from '#db/schema/mail.ts';
import { env } from '#lib/env.ts';
import { seal } from '#lib/vault/seal.ts';

/** Every mail there is, and what its template needs. Links are whole addresses. */
export type MailProps = {
  'verify-email': { name: string; link: string };
  'already-registered': { name: string; signInLink: string; resetLink: string };
  'reset-password': { name: string; link: string };
  'password-changed': { name: string; resetLink: string };
};
export type Template = keyof MailProps;

/** Channel that wakes the worker. */
export const MAIL_CHANNEL = 'latchkey_mail';

/** Queues a mail in the caller's transaction: it is sent if, and only if, that commits. */
export async function enqueueMail<T extends Template>(
  tx: Queryable,
  mail: { to: string; template: T; props: MailProps[T] },
): Promise<void> {
  const id = v7();
  await tx.insert(outbox).values({
    id,
    template: mail.template,
    recipient: mail.to,
    sealedProps: seal(JSON.stringify(mail.props), id, env().LATCHKEY_ENCRYPTION_KEY),
  });
  await tx.execute(sql`select pg_notify(${MAIL_CHANNEL}, '')`);
}
