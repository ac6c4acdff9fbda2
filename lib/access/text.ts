import { z } from 'zod';
import { holdsSecret, redactKeys, secretsIn } from '#lib/vault/find-keys.ts';

// All text that people type goes through here: one notion of what is invisible, and no secret keys in it.

/**
 * Controls, marks that turn the reading direction (Unicode TR 36), what has no width, and tags: they make one text
 * look like another. Joiners stay where scripts and emoji need them, which is not after a Latin letter or a space.
 */
const INVISIBLE =
  /(?:[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|(?<![^\u0000-\u024f\s])[\u200c\u200d])+/gu;

export const SECRET_IN_TEXT =
  'This contains a secret key. Remove it; anybody who can read this could use the key.';
const SECRET_LIKE_IN_TEXT =
  'This looks like a secret key, or a part of one. Remove it: others can read this text.';

type Length = { min?: number; max: number; lines?: 'one' | 'many' };

/** Refuses our secret keys, whole or in part, beside the field. */
const withoutSecret = (text: string, context: z.RefinementCtx<string>) => {
  if (!holdsSecret(text)) return;
  context.addIssue({
    code: 'custom',
    message: secretsIn(text).length > 0 ? SECRET_IN_TEXT : SECRET_LIKE_IN_TEXT,
  });
};

const hasInvisible = (text: string) => text.search(INVISIBLE) >= 0;

/**
 * A name or a description that a person typed: trimmed, NFC, `max` characters at most, without invisible characters,
 * and never one of our secret keys. `what` names the field in messages, lower case.
 */
export function plainText(what: string, { min = 0, max, lines = 'one' }: Length) {
  return z
    .string({ error: `Enter a ${what}.` })
    .transform((text) => text.replace(/\r\n?/g, '\n').trim())
    .refine(
      (text) => !hasInvisible(text.replace(lines === 'many' ? /[\n\t]/g : /\n/g, '')),
      `There are invisible characters in the ${what}. Remove them.`,
    )
    .refine((text) => lines === 'many' || !text.includes('\n'), `The ${what} must be one line.`)
    .refine((text) => text.length >= min, `Enter a ${what}.`)
    .refine(
      (text) => text.length <= max,
      `The ${what} can have at most ${max.toLocaleString('en-GB')} characters.`,
    )
    .superRefine(withoutSecret)
    .transform((text) => text.normalize('NFC'));
}

/** Anybody's text as one line for a header or a template: what is invisible becomes a space; capped in code points. */
export const asLine = (text: string, length = 200): string =>
  [...text.replace(INVISIBLE, ' ').trim()].slice(0, length).join('').trim();

/** `asLine` for several lines. */
export const asLines = (text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .map((line) => asLine(line, line.length))
    .join('\n')
    .trim();

/** A person's name in a form, as one line of at most 80 characters; `missing` is said when nothing is left of it. */
export const PersonName = (missing = 'Enter your name.') => OptionalName.pipe(z.string().min(1, missing));

/** A person's name that may be left out. */
export const OptionalName = z
  .string({ error: 'Enter a name.' })
  .max(500, 'This is too long for a name.')
  .transform((name) => asLine(name, 80))
  .superRefine(withoutSecret);

/** A text of several lines that goes along with something: tidied rather than refused, but for secret keys. */
export const Message = (max: number) =>
  z
    .string()
    .max(max * 4, `The message can have at most ${max} characters.`)
    .transform(asLines)
    .refine((text) => text.length <= max, `The message can have at most ${max} characters.`)
    .superRefine(withoutSecret);

/**
 * A text to filter by, of at most `max` characters. PostgreSQL has no NUL in a text: one with it is unreadable.
 * A secret key in it is masked, so that no page shows it again.
 */
export const filterText = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((text) => !text.includes('\0'))
    .overwrite(redactKeys);
