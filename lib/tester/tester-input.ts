import { z } from 'zod';
import { holdsSecret } from '#lib/vault/find-keys.ts';

const BODY_CHARACTERS_MAX = 200_000;
const VALUE_MAX = 8_000;

/** What can be stored, and holds no secret key: the ticket stands in for it, and requests are kept to send again. */
const text = (max: number) =>
  z
    .string()
    .max(max, `At most ${max.toLocaleString('en-GB')} characters.`)
    .refine(
      (value) => !value.includes('\0') && value.isWellFormed(),
      'This holds a character that no text has.',
    )
    .refine((value) => !holdsSecret(value), 'This holds a secret key. Leave it out: the tester needs none.');

const Texts = z.record(text(200), text(VALUE_MAX));

/** The values of the form, by place and name. */
export const TesterValues = z.strictObject({
  path: Texts,
  query: Texts,
  header: Texts,
  accept: text(200),
  contentType: text(200),
  body: text(BODY_CHARACTERS_MAX),
});
export type TesterValues = z.output<typeof TesterValues>;

export const KeyId = z.string().regex(/^[0-9A-Za-z]{16}$/);

export const TesterSend = z.strictObject({
  keyId: KeyId,
  endpointId: z.uuid(),
  values: TesterValues,
  /** "Yes, with a Production key": asked for each time one is chosen. */
  production: z.boolean(),
});
export type TesterSend = z.output<typeof TesterSend>;

/** What was sent and how it was answered, as `tester_requests.input` keeps it. */
export const StoredRequest = z.object({
  values: TesterValues,
  answer: z.object({ status: z.number(), timeMs: z.number() }).nullable(),
});
export type StoredRequest = z.output<typeof StoredRequest>;
