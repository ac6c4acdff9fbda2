import { z } from 'zod';
import { formatNumber } from '#lib/format.ts';
import { holdsSecret } from '#lib/vault/find-keys.ts';

const BODY_CHARACTERS_MAX = 200_000;
const VALUE_MAX = 8_000;

/** Text that can be stored and contains no secret key: requests are kept to send again, and need none. */
const text = (max: number) =>
  z
    .string()
    .max(max, `Enter at most ${formatNumber(max)} characters.`)
    .refine((value) => !value.includes('\0') && value.isWellFormed(), 'This contains an invalid character.')
    .refine(
      (value) => !holdsSecret(value),
      'This contains a secret key. Remove it: the tester doesn’t need one.',
    );

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
  /** Confirms sending with a Production key. */
  production: z.boolean(),
});
export type TesterSend = z.output<typeof TesterSend>;

/** A request and its response as stored in `tester_requests.input`. */
export const StoredRequest = z.object({
  values: TesterValues,
  answer: z.object({ status: z.number(), timeMs: z.number() }).nullable(),
});
export type StoredRequest = z.output<typeof StoredRequest>;
