import { crc32 } from 'node:zlib';
import { base62Of32Bits } from './tokens.ts';

export type Environment = 'development' | 'staging' | 'production';

/** Short names inside keys. */
const SHORT = { development: 'dev', staging: 'stg', production: 'prod' } as const;
const LONG: Readonly<Record<string, Environment>> = {
  dev: 'development',
  stg: 'staging',
  prod: 'production',
};

const CHECKSUM_LENGTH = 6;

const SHARED_KEY = /^lk_pk_(dev|stg|prod)_([0-9A-Za-z]{16})$/;
const SECRET_KEY = /^lk_sk_(dev|stg|prod)_([0-9A-Za-z]{16})_[0-9A-Za-z]{49}$/;

export type KeyReference = { environment: Environment; keyId: string };

export const sharedKeyOf = (environment: Environment, keyId: string): string =>
  `lk_pk_${SHORT[environment]}_${keyId}`;

/** The start of a secret key, before its own characters. */
export const secretPrefix = (environment: Environment): string => `lk_sk_${SHORT[environment]}_`;

/** How a secret key is shown after its creation. */
export const maskedSecret = (environment: Environment, lastFour: string): string =>
  `${secretPrefix(environment)}…${lastFour}`;

/** The last six characters of a secret key: the CRC32 (ISO-HDLC) of the characters before them, in base62. */
export const checksumOf = (body: string): string => base62Of32Bits(crc32(body));

/** Reads a shared key; null if it doesn't have the format of one. */
export function parseSharedKey(text: string): KeyReference | null {
  const match = SHARED_KEY.exec(text);
  return match ? { environment: LONG[match[1]!]!, keyId: match[2]! } : null;
}

/** Whether a text has the format of a secret key, apart from its checksum. */
export const looksLikeSecretKey = (text: string): boolean => SECRET_KEY.test(text);

/** Reads a secret key; null if the format or the checksum is wrong. No hash, no query. */
export function parseSecretKey(text: string): KeyReference | null {
  const match = SECRET_KEY.exec(text);
  if (!match) return null;
  if (checksumOf(text.slice(0, -CHECKSUM_LENGTH)) !== text.slice(-CHECKSUM_LENGTH)) return null;
  return { environment: LONG[match[1]!]!, keyId: match[2]! };
}
