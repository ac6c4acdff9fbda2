import { expect, test } from 'vitest';
import {
  digestSecret,
  hasDigest,
  maskedSecret,
  mintKeyPair,
  parseSecretKey,
  parseSharedKey,
} from './format.ts';

test('a generated pair is parsed back to the same parts', () => {
  for (const environment of ['development', 'staging', 'production'] as const) {
    const pair = mintKeyPair(environment);

    expect(pair.sharedKey).toMatch(/^lk_pk_(dev|stg|prod)_[0-9A-Za-z]{16}$/);
    expect(pair.secretKey).toMatch(/^lk_sk_(dev|stg|prod)_[0-9A-Za-z]{16}_[0-9A-Za-z]{43}[0-9A-Za-z]{6}$/);
    expect(parseSecretKey(pair.secretKey)).toEqual({ environment, keyId: pair.keyId });
    expect(parseSharedKey(pair.sharedKey)).toEqual({ environment, keyId: pair.keyId });
    expect(digestSecret(pair.secretKey)).toEqual(pair.secretDigest);
  }
});

test('the checksum detects a changed character', () => {
  const { secretKey } = mintKeyPair('production');
  for (let i = 0; i < secretKey.length; i++) {
    const other = secretKey[i] === 'x' ? 'y' : 'x';
    expect(
      parseSecretKey(secretKey.slice(0, i) + other + secretKey.slice(i + 1)),
      `position ${i}`,
    ).toBeNull();
  }
});

test('ten thousand random texts in the right format are rejected', () => {
  const { secretKey } = mintKeyPair('development');
  let accepted = 0;
  for (let i = 0; i < 10_000; i++) {
    const tail = i.toString(36).padStart(6, 'Z');
    if (secretKey.slice(-6) !== tail && parseSecretKey(secretKey.slice(0, -6) + tail)) accepted++;
  }
  expect(accepted).toBe(0);
});

test('the checksum is the CRC32 (ISO-HDLC) of the characters before it, in base62', () => {
  const body = 'lk_sk_dev_0000000000000000_0000000000000000000000000000000000000000000';
  // Computed independently: python3 -c "import zlib; zlib.crc32(body)".
  expect(parseSecretKey(`${body}2eEylz`)).toEqual({ environment: 'development', keyId: '0'.repeat(16) });
});

test('the mask shows the last four characters and nothing else of the secret', () => {
  const { secretKey, secretLastFour } = mintKeyPair('staging');
  expect(maskedSecret('staging', secretLastFour)).toBe(`lk_sk_stg_…${secretKey.slice(-4)}`);
});

test('a secret key matches only its own digest, in any order of calls', () => {
  const [one, two] = [mintKeyPair('production'), mintKeyPair('production')];
  for (const [pair, other] of [
    [one, two],
    [two, one],
  ] as const) {
    expect(hasDigest(pair.secretKey, pair.secretDigest)).toBe(true);
    expect(hasDigest(pair.secretKey, other.secretDigest)).toBe(false);
  }
});
