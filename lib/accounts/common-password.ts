import { createHash } from 'node:crypto';
import { COMMON_PASSWORD_DIGESTS } from './common-passwords.ts';

/** A digest cut to 48 bits meets one of some ten thousand by chance once in 28 billion passwords. */
const BYTES = 6;
const sorted = Buffer.from(COMMON_PASSWORD_DIGESTS, 'base64');

/** Whether a password stands on a list of leaked ones, whatever its case (ASVS 6.2.4, 6.2.12). */
export function isCommonPassword(password: string): boolean {
  const digest = createHash('sha256').update(password.toLowerCase()).digest();
  let low = 0;
  let high = sorted.length / BYTES;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = sorted.compare(digest, 0, BYTES, middle * BYTES, (middle + 1) * BYTES);
    if (order === 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}
