import type { DbAndSettings } from '#lib/access/context.ts';
import { SECRET_IN_TEXT } from '#lib/access/text.ts';
import { reportExposure } from '#lib/exposures/report-exposure.ts';
import { secretsIn } from '#lib/vault/find-keys.ts';

/** Fields that are meant for secrets: never shown, and stored encrypted, as a digest, or not at all. */
const FOR_SECRETS = /secret|password|^current$|^headerValue$/i;

/** Lookups per form. */
const KEYS_MAX = 5;

/** Who sent a form, and from which page. `by` is null if they are not signed in. */
export type Sender = DbAndSettings & { by: { userId: string; name: string } | null; page: string };

/**
 * The fields of a form that contain a secret key, each with its error message. An existing key is recorded as exposed
 * and its team is notified, although the form is rejected: it was already pasted in the wrong place. `sender` is called
 * only then.
 */
export async function refuseKeys(
  form: FormData,
  sender: () => Promise<Sender>,
): Promise<Record<string, string[]>> {
  const errors: Record<string, string[]> = {};
  let looked = 0;
  for (const [name, value] of form) {
    if (typeof value !== 'string' || name.startsWith('$ACTION') || FOR_SECRETS.test(name)) continue;
    const field = name.replace(/\[\]$/, '');
    for (const secret of secretsIn(value)) {
      const isExposed = looked++ < KEYS_MAX && (await expose(secret, field, await sender()));
      // People who are not signed in don't learn whether a key exists.
      errors[field] = [isExposed ? `${SECRET_IN_TEXT} We marked the key as exposed.` : SECRET_IN_TEXT];
    }
  }
  return errors;
}

async function expose(secret: string, field: string, { db, settings, by, page }: Sender): Promise<boolean> {
  const place = `${page}, field “${field}”`;
  const reported = await reportExposure({ db, settings }, { secret, source: 'portal_text', place, by });
  return reported.known && by !== null;
}
