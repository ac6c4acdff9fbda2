import { asc } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { outbox } from '#db/schema/mail.ts';
import { env } from '#lib/env.ts';
import { unseal } from '#lib/vault/seal.ts';

/** Queued emails, oldest first, with decrypted properties. */
export async function queuedMails(db: Db) {
  const rows = await db.select().from(outbox).orderBy(asc(outbox.id));
  return rows.map(({ id, recipient, template, sealedProps }) => ({
    id,
    to: recipient,
    template,
    props: JSON.parse(unseal(sealedProps!, id, env().LATCHKEY_ENCRYPTION_KEY)) as Record<string, string>, // Sealed by enqueueMail.
  }));
}

/** The token in the link of the most recently queued email. */
export async function mailedToken(db: Db): Promise<string> {
  const link = (await queuedMails(db)).at(-1)?.props.link;
  if (!link) throw new Error('no mail with a link is queued');
  return link.slice(link.lastIndexOf('/') + 1);
}
