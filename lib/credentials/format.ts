import { hash, timingSafeEqual } from 'node:crypto';
import {
  checksumOf,
  type Environment,
  maskedSecret,
  secretPrefix,
  sharedKeyOf,
} from '#lib/vault/recognize-key.ts';
import { randomBase62 } from '#lib/vault/tokens.ts';

// The key format is in `vault`, because every room needs to recognize keys.
export {
  type Environment,
  type KeyReference,
  looksLikeSecretKey,
  parseSecretKey,
  parseSharedKey,
} from '#lib/vault/recognize-key.ts';
export { maskedSecret, sharedKeyOf };

const KEY_ID_LENGTH = 16;
/** 43 base62 characters hold 256 bits. */
const SECRET_LENGTH = 43;

export type KeyPair = {
  keyId: string;
  sharedKey: string;
  /** Shown once. Only its digest is stored. */
  secretKey: string;
  secretDigest: Uint8Array;
  secretLastFour: string;
};

/** A newly issued key pair. The only place the secret appears. */
export type IssuedKeys = {
  keyId: string;
  name: string;
  environment: Environment;
  sharedKey: string;
  secretKey: string;
  expiresAt: Date | null;
};

/** Generates a key pair of 256 random bits. The checksum detects typos without a query. */
export function mintKeyPair(environment: Environment): KeyPair {
  const keyId = randomBase62(KEY_ID_LENGTH);
  const body = `${secretPrefix(environment)}${keyId}_${randomBase62(SECRET_LENGTH)}`;
  const secretKey = body + checksumOf(body);
  return {
    keyId,
    sharedKey: sharedKeyOf(environment, keyId),
    secretKey,
    secretDigest: digestSecret(secretKey),
    secretLastFour: secretKey.slice(-4),
  };
}

/** SHA-256 of a secret key. The key is 256 random bits, so a slow hash would only add latency (ASVS 6.5.2). */
export const digestSecret = (secretKey: string): Uint8Array => hash('sha256', secretKey, 'buffer');

// Allocated once: allocating a small buffer takes longer than hashing.
const presented = Buffer.allocUnsafeSlow(32);

/** Whether a secret key has this digest, compared in constant time (ASVS 11.2.4). */
export function hasDigest(secretKey: string, digest: Uint8Array): boolean {
  presented.write(hash('sha256', secretKey, 'binary'), 'latin1');
  return timingSafeEqual(presented, digest);
}
