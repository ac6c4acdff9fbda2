import { createHash } from 'node:crypto';
import { COMMON_PASSWORD_DIGESTS } from './common-passwords.ts';

/** With digests truncated to 48 bits and about ten thousand entries, one in 28 billion passwords matches by chance. */
const BYTES = 6;
const sorted = Buffer.from(COMMON_PASSWORD_DIGESTS, 'base64');

/** Whether a password is in the list of leaked passwords, ignoring case (ASVS 6.2.4, 6.2.12). */
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
