import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D; ASVS 11.3.2). */
const ALGORITHM = 'aes-256-gcm';
/** Also required when opening: otherwise GCM accepts a tag of four bytes, which can be guessed. */
const TAG_BYTES = 16;

const keyId = (key: Uint8Array) => createHash('sha256').update(key).digest('hex').slice(0, 8);

/**
 * Seals a text with the encryption key. `context` is authenticated but not stored: a sealed value opens only in the row
 * it was made for. Returns `v1.<key id>.<nonce>.<ciphertext and tag>`.
 */
export function seal(text: string, context: string, keyHex: string): string {
  const key = Buffer.from(keyHex, 'hex');
  const nonce = randomBytes(12);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(context));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return ['v1', keyId(key), nonce.toString('base64url'), sealed.toString('base64url')].join('.');
}

/** Opens a value that `seal` returned. Throws if the key, the context or a single bit differs. */
export function unseal(sealed: string, context: string, keyHex: string): string {
  const key = Buffer.from(keyHex, 'hex');
  const [version, id, nonce, body] = sealed.split('.');
  if (version !== 'v1' || !nonce || !body) throw new Error('not a sealed value');
  if (id !== keyId(key)) throw new Error('sealed with another encryption key');
  const bytes = Buffer.from(body, 'base64url');
  const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(nonce, 'base64url'), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
}
