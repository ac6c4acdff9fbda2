import { createHash, randomBytes } from 'node:crypto';

/** A random token of 256 bits as 43 base64url characters, for links and cookies (ASVS 6.5.2, 7.2.3). */
export const mintToken = (): string => randomBytes(32).toString('base64url');

/** SHA-256 of a token, as stored in the database. */
export const digestToken = (token: string): Uint8Array => createHash('sha256').update(token).digest();

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Random base62 text of a given length, without modulo bias. */
export function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) {
      if (byte < 248 && text.length < length) text += BASE62[byte % 62];
    }
  }
  return text;
}

/** A 32-bit number as six base62 characters, padded with zeros. */
export function base62Of32Bits(value: number): string {
  let rest = value >>> 0;
  let text = '';
  for (let i = 0; i < 6; i++) {
    text = BASE62[rest % 62] + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
