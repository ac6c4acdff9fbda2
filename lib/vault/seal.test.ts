import { expect, test } from 'vitest';
import { seal, unseal } from './seal.ts';

const key = '0123456789abcdef'.repeat(4);
const otherKey = 'fedcba9876543210'.repeat(4);

test.each(['', 'x', 'Grüße 🐎\u0000\r\n', 'long '.repeat(10_000)])('what is sealed comes back', (text) => {
  expect(unseal(seal(text, 'row-1', key), 'row-1', key)).toBe(text);
});

test('nothing of the text shows, and the same text never looks the same', () => {
  const sealed = Array.from({ length: 100 }, () => seal('upstream-password', 'row-1', key));

  expect(new Set(sealed).size).toBe(100);
  expect(new Set(sealed.map((value) => value.split('.')[2])).size).toBe(100);
  for (const value of sealed) {
    expect(value).not.toContain('upstream');
    expect(Buffer.from(value.split('.')[3]!, 'base64url').toString('latin1')).not.toContain('upstream');
  }
});

test('a sealed value does not open in another row', () => {
  const [first, second] = [seal('a', 'row-1', key), seal('b', 'row-2', key)];

  expect(() => unseal(first, 'row-2', key)).toThrow();
  expect(() => unseal(second, 'row-1', key)).toThrow();
  expect(() => unseal(first, '', key)).toThrow();
});

test('another key does not open it, and is said to be another key', () => {
  expect(() => unseal(seal('a', 'row-1', key), 'row-1', otherKey)).toThrow('another encryption key');

  // Also when somebody writes the right key id over the wrong one.
  const [, id] = seal('a', 'row-1', otherKey).split('.');
  const [version, , nonce, body] = seal('a', 'row-1', key).split('.');
  expect(() => unseal([version, id, nonce, body].join('.'), 'row-1', otherKey)).toThrow();
});

test('a changed bit anywhere is noticed', () => {
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

test('a shortened tag is refused: a short one could be guessed', () => {
  const [version, id, nonce, body] = seal('', 'row-1', key).split('.');
  const tag = Buffer.from(body!, 'base64url');
  expect(tag).toHaveLength(16);
  for (let length = 0; length < 16; length++) {
    const cut = tag.subarray(0, length).toString('base64url');
    expect(() => unseal([version, id, nonce, cut].join('.'), 'row-1', key), `${length} bytes`).toThrow();
  }
});

test.each(['', 'plain text', 'v1', 'v1...', 'v2.a.b.c', 'v1.00000000.AAAA.AAAA'])(
  '"%s" is no sealed value',
  (text) => {
    expect(() => unseal(text, 'row-1', key)).toThrow();
  },
);
