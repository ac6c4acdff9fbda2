import { expect, test } from 'vitest';
import { seal, unseal } from './seal.ts';

const key = '0123456789abcdef'.repeat(4);
const otherKey = 'fedcba9876543210'.repeat(4);

test.each(['', 'x', 'Grüße 🐎\u0000\r\n', 'long '.repeat(10_000)])('a sealed text can be opened', (text) => {
  expect(unseal(seal(text, 'row-1', key), 'row-1', key)).toBe(text);
});

test('the text is not visible, and sealing it twice gives different values', () => {
  const sealed = Array.from({ length: 100 }, () => seal('upstream-password', 'row-1', key));

  expect(new Set(sealed).size).toBe(100);
  expect(new Set(sealed.map((value) => value.split('.')[2])).size).toBe(100);
  for (const value of sealed) {
    expect(value).not.toContain('upstream');
    expect(Buffer.from(value.split('.')[3]!, 'base64url').toString('latin1')).not.toContain('upstream');
  }
});

test('a sealed value can’t be opened in another row', () => {
  const [first, second] = [seal('a', 'row-1', key), seal('b', 'row-2', key)];

  expect(() => unseal(first, 'row-2', key)).toThrow();
  expect(() => unseal(second, 'row-1', key)).toThrow();
  expect(() => unseal(first, '', key)).toThrow();
});

test('a different key doesn’t open it, and the error says so', () => {
  expect(() => unseal(seal('a', 'row-1', key), 'row-1', otherKey)).toThrow('another encryption key');

  // Even if someone replaces the key ID with the right one.
  const [, id] = seal('a', 'row-1', otherKey).split('.');
  const [version, , nonce, body] = seal('a', 'row-1', key).split('.');
  expect(() => unseal([version, id, nonce, body].join('.'), 'row-1', otherKey)).toThrow();
});

test('a changed bit anywhere is detected', () => {
  const [version, id, nonce, body] = seal('four', 'row-1', key).split('.');
  for (const [part, build] of [
    [nonce!, (changed: string) => [version, id, changed, body]],
    [body!, (changed: string) => [version, id, nonce, changed]],
  ] as const) {
    const bytes = Buffer.from(part, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const sealed = build(changed.toString('base64url')).join('.');
      expect(() => unseal(sealed, 'row-1', key), `bit ${bit}`).toThrow();
    }
  }
});

test('a shortened tag is rejected, because it could be guessed', () => {
  const [version, id, nonce, body] = seal('', 'row-1', key).split('.');
  const tag = Buffer.from(body!, 'base64url');
  expect(tag).toHaveLength(16);
  for (let length = 0; length < 16; length++) {
    const cut = tag.subarray(0, length).toString('base64url');
    expect(() => unseal([version, id, nonce, cut].join('.'), 'row-1', key), `${length} bytes`).toThrow();
  }
});

test.each(['', 'plain text', 'v1', 'v1...', 'v2.a.b.c', 'v1.00000000.AAAA.AAAA'])(
  '"%s" is not a sealed value',
  (text) => {
    expect(() => unseal(text, 'row-1', key)).toThrow();
  },
);
