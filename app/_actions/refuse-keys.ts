import type { DbAndSettings } from '#lib/access/context.ts';
import { SECRET_IN_TEXT } from '#lib/access/text.ts';
import { reportExposure } from '#lib/exposures/report-exposure.ts';
import { secretsIn } from '#lib/vault/find-keys.ts';

/** Fields that are meant for secrets: they are shown to nobody, and stored sealed, as a digest, or not at all. */
const FOR_SECRETS = /secret|password|^current$|^headerValue$/i;

/** Of one form: nobody makes us look up more. */
const KEYS_MAX = 5;

/** Who sent a form, and from which page; `by` is null for a stranger. */
export type Sender = DbAndSettings & { by: { userId: string; name: string } | null; page: string };

/**
 * The fields of a form in which a secret key of ours was typed, each with what is to be said beside it. A key that is
 * somebody's is recorded as exposed and its team told, although the form is refused: it was in the wrong hands,
 * clipboard or habit. `sender` is asked only then.
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
      // Strangers do not learn whether a key is one of ours.
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
