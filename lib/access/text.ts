import { z } from 'zod';
import { formatNumber } from '#lib/format.ts';
import { holdsSecret, redactKeys, secretsIn } from '#lib/vault/find-keys.ts';

// All text that people type goes through here: one definition of invisible characters, and no secret keys.

/**
 * Control characters, marks that change the reading direction (Unicode TR 36), zero-width characters and tags: they make
 * one text look like another. Joiners stay where scripts and emoji need them, which isn't after a Latin letter or space.
 */
const INVISIBLE =
  /(?:[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|(?<![^\u0000-\u024f\s])[\u200c\u200d])+/gu;

export const SECRET_IN_TEXT =
  'This contains a secret key. Remove it. Anyone who can read this text could use the key.';
const SECRET_LIKE_IN_TEXT =
  'This looks like a secret key, or part of one. Remove it. Others can read this text.';

type Length = { min?: number; max: number; lines?: 'one' | 'many' };

/** Rejects our secret keys, whole or in part. */
const withoutSecret = (text: string, context: z.RefinementCtx<string>) => {
  if (!holdsSecret(text)) return;
  context.addIssue({
    code: 'custom',
    message: secretsIn(text).length > 0 ? SECRET_IN_TEXT : SECRET_LIKE_IN_TEXT,
  });
};

/** A URL, a domain or an email address. `St.John` and `J.R.R.` are names. */
const LINK =
  /:\/\/|\bwww\.|[\p{L}\p{N}-][.\u3002\uff0e\uff61][\p{L}]{2,}\/|@[^\s@]+[.\u3002\uff0e\uff61]\p{L}|[\p{L}\p{N}-][.\u3002\uff0e\uff61](?:com|net|org|info|biz|io|co|app|dev|xyz|link|click|online|site|shop|top|example|test)\b/iu;

const hasInvisible = (text: string) => text.search(INVISIBLE) >= 0;

/**
 * A name or a description that a person typed: trimmed, NFC, at most `max` characters, without invisible characters and
 * without our secret keys. `what` names the field in messages, in lower case.
 */
export function plainText(what: string, { min = 0, max, lines = 'one' }: Length) {
  return z
    .string({ error: `Enter a ${what}.` })
    .transform((text) => text.replace(/\r\n?/g, '\n').trim())
    .refine(
      (text) => !hasInvisible(text.replace(lines === 'many' ? /[\n\t]/g : /\n/g, '')),
      `Remove the invisible characters from the ${what}.`,
    )
    .refine((text) => lines === 'many' || !text.includes('\n'), `The ${what} must be one line.`)
    .refine((text) => text.length >= min, `Enter a ${what}.`)
    .refine((text) => text.length <= max, `The ${what} can have at most ${formatNumber(max)} characters.`)
    .superRefine(withoutSecret)
    .transform((text) => text.normalize('NFC'));
}

/** Any text as one line: invisible characters become spaces, and the length is capped in code points. */
export const asLine = (text: string, length = 200): string =>
  [...text.replace(INVISIBLE, ' ').trim()].slice(0, length).join('').trim();

/** `asLine` for several lines. */
export const asLines = (text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .map((line) => asLine(line, line.length))
    .join('\n')
    .trim();

/** A person's name in a form: one line of at most 80 characters. `missing` is the message for an empty one. */
export const PersonName = (missing = 'Enter your name.') => OptionalName.pipe(z.string().min(1, missing));

/** An optional name of a person. It goes into emails, so it can't be a link. */
export const OptionalName = z
  .string({ error: 'Enter a name.' })
  .max(500, 'Enter a name of at most 80 characters.')
  .transform((name) => asLine(name, 80))
  .refine((name) => !LINK.test(name), 'A name can’t contain a web or email address.')
  .superRefine(withoutSecret);

/** A message of several lines: cleaned up rather than rejected, except for secret keys. */
export const Message = (max: number) =>
  z
    .string()
    .max(max * 4, `The message can have at most ${max} characters.`)
    .transform(asLines)
    .refine((text) => text.length <= max, `The message can have at most ${max} characters.`)
    .superRefine(withoutSecret);

/**
 * A text to filter by, of at most `max` characters and without NUL, which PostgreSQL rejects. A secret key in it is
 * masked, so that no page shows it again.
 */
export const filterText = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((text) => !text.includes('\0'))
    .overwrite(redactKeys);
