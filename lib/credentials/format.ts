import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { base62Of32Bits, randomBase62 } from '#lib/vault/tokens.ts';

export type Environment = 'development' | 'staging' | 'production';

/** Short names inside keys. */
const SHORT = { development: 'dev', staging: 'stg', production: 'prod' } as const;
const LONG: Readonly<Record<string, Environment>> = {
  dev: 'development',
  stg: 'staging',
  prod: 'production',
};

const KEY_ID_LENGTH = 16;
/** 43 base62 characters hold 256 bits. */
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;

const SHARED_KEY = /^lk_pk_(dev|stg|prod)_([0-9A-Za-z]{16})$/;
const SECRET_KEY = /^lk_sk_(dev|stg|prod)_([0-9A-Za-z]{16})_[0-9A-Za-z]{49}$/;

/** Finds our secret keys inside other text; check each hit with `parseSecretKey`. */
export const SECRET_KEY_ANYWHERE = /lk_sk_(?:dev|stg|prod)_[0-9A-Za-z]{16}_[0-9A-Za-z]{49}/g;

export type KeyPair = {
  keyId: string;
  sharedKey: string;
  /** Shown once; only its digest is kept. */
  secretKey: string;
  secretDigest: Uint8Array;
  secretLastFour: string;
};

/** Makes a key pair of 256 random bits. The checksum lets a typo, or a scanner, be answered without a query. */
export function mintKeyPair(environment: Environment): KeyPair {
  const keyId = randomBase62(KEY_ID_LENGTH);
  const body = `lk_sk_${SHORT[environment]}_${keyId}_${randomBase62(SECRET_LENGTH)}`;
  const secretKey = body + base62Of32Bits(crc32(body));
  return {
    keyId,
    sharedKey: sharedKeyOf(environment, keyId),
    secretKey,
    secretDigest: digestSecret(secretKey),
    secretLastFour: secretKey.slice(-4),
  };
}

export const sharedKeyOf = (environment: Environment, keyId: string): string =>
  `lk_pk_${SHORT[environment]}_${keyId}`;

/** What a table shows of a secret key after its birth. */
export const maskedSecret = (environment: Environment, lastFour: string): string =>
  `lk_sk_${SHORT[environment]}_…${lastFour}`;

export type KeyReference = { environment: Environment; keyId: string };

/** Reads a shared key; null when it has not the shape of one. */
export function parseSharedKey(text: string): KeyReference | null {
  const match = SHARED_KEY.exec(text);
  return match ? { environment: LONG[match[1]!]!, keyId: match[2]! } : null;
}

/** Whether a text has the shape of a secret key, its checksum aside. */
export const looksLikeSecretKey = (text: string): boolean => SECRET_KEY.test(text);

/** Reads a secret key; null when the shape or the checksum is wrong. No hash, no query. */
export function parseSecretKey(text: string): KeyReference | null {
  const match = SECRET_KEY.exec(text);
  if (!match) return null;
  const body = text.slice(0, -CHECKSUM_LENGTH);
  if (base62Of32Bits(crc32(body)) !== text.slice(-CHECKSUM_LENGTH)) return null;
  return { environment: LONG[match[1]!]!, keyId: match[2]! };
}

/** SHA-256 of a secret key. A slow hash would only cost callers: the key is 256 random bits (ASVS 6.5.2). */
export const digestSecret = (secretKey: string): Uint8Array => hash('sha256', secretKey, 'buffer');
