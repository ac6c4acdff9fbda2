import { z } from 'zod';

const MAILBOX =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/**
 * One ASCII mailbox, normalized: NFKC, trimmed, lowercase, at most 254 characters (RFC 5321). No quotes, commas,
 * comments or line breaks, so that no email software can find a second recipient in it.
 */
export function normalizeMailbox(text: string): string | null {
  const address = text.normalize('NFKC').trim().toLowerCase();
  const [local = ''] = address.split('@');
  return address.length <= 254 && local.length <= 64 && MAILBOX.test(address) ? address : null;
}

export const ADDRESS_WANTED = 'Enter a valid email address, such as ada@example.com.';

/** An email address in a form. */
export const Mailbox = z
  .string({ error: ADDRESS_WANTED })
  .max(1_000, ADDRESS_WANTED)
  .transform((text, context) => {
    const address = normalizeMailbox(text);
    if (address) return address;
    context.addIssue({ code: 'custom', message: ADDRESS_WANTED });
    return z.NEVER;
  });
