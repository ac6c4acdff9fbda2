import { hash, timingSafeEqual } from 'node:crypto';
import {
  checksumOf,
  type Environment,
  maskedSecret,
  secretPrefix,
  sharedKeyOf,
} from '#lib/vault/recognise-key.ts';
import { randomBase62 } from '#lib/vault/tokens.ts';

// How keys read and look stands in the first room, since every room has to recognise them.
export {
  type Environment,
  type KeyReference,
  looksLikeSecretKey,
  parseSecretKey,
  parseSharedKey,
} from '#lib/vault/recognise-key.ts';
export { maskedSecret, sharedKeyOf };

const KEY_ID_LENGTH = 16;
/** 43 base62 characters hold 256 bits. */
const SECRET_LENGTH = 43;

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

/** SHA-256 of a secret key. A slow hash would only cost callers: the key is 256 random bits (ASVS 6.5.2). */
export const digestSecret = (secretKey: string): Uint8Array => hash('sha256', secretKey, 'buffer');

// Memory of its own: a small fresh buffer costs more to compare than to hash.
const presented = Buffer.allocUnsafeSlow(32);

/** Whether a secret key has this digest, in a time that does not tell how much of it is right (ASVS 11.2.4). */
export function hasDigest(secretKey: string, digest: Uint8Array): boolean {
  presented.write(hash('sha256', secretKey, 'binary'), 'latin1');
  return timingSafeEqual(presented, digest);
}
