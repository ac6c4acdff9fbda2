import { z } from 'zod';

/** Our own secret keys, whole or cut short: they have no place in a name. */
const SECRET = /lk_sk_(dev|stg|prod)_[0-9A-Za-z]{4}/;
/** Controls, and the marks that turn the reading direction (Unicode TR 36): they make one name look like another. */
const INVISIBLE =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

type Length = { min?: number; max: number; lines?: 'one' | 'many' };

/**
 * A name or a description that a person typed: trimmed, NFC, `max` characters at most, without controls or
 * bidirectional marks, and never one of our secret keys. `what` names the field in messages, lower case.
 */
export function plainText(what: string, { min = 0, max, lines = 'one' }: Length) {
  return z
    .string({ error: `Enter a ${what}.` })
    .transform((text) => text.replace(/\r\n?/g, '\n').trim())
    .refine(
      (text) => text.isWellFormed() && !INVISIBLE.test(text),
      `The ${what} contains invisible characters.`,
    )
    .refine((text) => lines === 'many' || !text.includes('\n'), `The ${what} must be one line.`)
    .refine((text) => text.length >= min, `Enter a ${what}.`)
    .refine((text) => text.length <= max, `The ${what} can have at most ${max} characters.`)
    .refine(
      (text) => !SECRET.test(text),
      `This looks like a secret key. Anyone in the team can read the ${what}: leave the key out.`,
    )
    .transform((text) => text.normalize('NFC'));
}
