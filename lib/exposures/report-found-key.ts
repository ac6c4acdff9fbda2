import { z } from 'zod';
import type { DbAndSettings } from '#lib/access/context.ts';
import { plainText } from '#lib/access/text.ts';
import { ADDRESS_WANTED, normalizeMailbox } from '#lib/mail/address.ts';
import { secretsIn } from '#lib/vault/find-keys.ts';
import { recordExposure } from './record-exposure.ts';

export const ReportFoundKey = z.object({
  secretKey: z
    .string({ error: 'Paste the key.' })
    .trim()
    .min(1, 'Paste the key.')
    .max(20_000, 'Paste only the key or a few lines around it.'),
  place: plainText('place', { max: 500 }).default(''),
  email: z
    .string()
    .max(1_000, ADDRESS_WANTED)
    .default('')
    .transform((text, context) => {
      const address = text.trim() === '' ? '' : normalizeMailbox(text);
      if (address !== null) return address;
      context.addIssue({ code: 'custom', message: ADDRESS_WANTED });
      return z.NEVER;
    }),
});

/** Keys in one paste that are looked up. */
const KEYS_MAX = 10;

/**
 * Reports a key that someone found. Returns nothing, so nobody learns which keys exist. Doesn't wait for gateways to
 * confirm a revocation.
 */
export async function reportFoundKey(
  { db, settings }: DbAndSettings,
  { secretKey, place, email }: z.output<typeof ReportFoundKey>,
): Promise<void> {
  const note = email ? `Contact the finder at ${email}.` : '';
  for (const secret of secretsIn(secretKey).slice(0, KEYS_MAX))
    await recordExposure({ db, settings }, { secret, source: 'found_key', place, note });
}
