import { expect, test } from 'vitest';
import { base62Of32Bits, digestToken, mintToken, randomBase62 } from './tokens.ts';

test('a token has 256 bits and is safe in a URL', () => {
  const tokens = Array.from({ length: 1_000 }, mintToken);

  expect(new Set(tokens).size).toBe(1_000);
  for (const token of tokens) {
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  }
});

test('the digest is SHA-256', () => {
  expect(Buffer.from(digestToken('abc')).toString('hex')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  expect(digestToken('abd')).not.toEqual(digestToken('abc'));
});

test('random base62 has the requested length, and every character is equally likely', () => {
  expect(randomBase62(0)).toBe('');
  expect(randomBase62(43)).toMatch(/^[0-9A-Za-z]{43}$/);

  const text = randomBase62(62_000);
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  expect(counts.size).toBe(62);
  // A thousand of each are expected. With modulo bias, the first eight would be 25% more frequent.
  const firstEight = [...'01234567'].reduce((sum, letter) => sum + counts.get(letter)!, 0) / 8;
  expect(firstEight).toBeGreaterThan(900);
  expect(firstEight).toBeLessThan(1_100);
});

test.each([
  [0, '000000'],
  [61, '00000z'],
  [62, '000010'],
  [2 ** 32 - 1, '4gfFC3'],
  [-1, '4gfFC3'],
])('%d is written as %s', (value, text) => {
  expect(base62Of32Bits(value)).toBe(text);
});
