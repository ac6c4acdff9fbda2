import { expect, test } from 'vitest';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { plainText } from './plain-text.ts';

const title = plainText('title', { min: 1, max: 10 });
const messages = (schema: typeof title, text: unknown) =>
  schema.safeParse(text).error?.issues.map((i) => i.message);

test('a name is trimmed and composed', () => {
  expect(title.parse('  Cafe\u0301 ')).toBe('Caf\u00e9');
});

test('nothing but spaces is nothing', () => {
  expect(messages(title, '   ')).toEqual(['Enter a title.']);
  expect(messages(title, undefined)).toEqual(['Enter a title.']);
});

test('a name one character too long is refused', () => {
  expect(title.safeParse('a'.repeat(10)).success).toBe(true);
  expect(messages(title, 'a'.repeat(11))).toEqual(['The title can have at most 10 characters.']);
});

test.each(['a\u0000b', 'a\u202eb', '\ud800', 'a\u001bb'])('invisible characters are refused: %j', (text) => {
  expect(messages(title, text)).toEqual(['The title contains invisible characters.']);
});

test('a name is one line; a description may have several', () => {
  expect(messages(title, 'a\nb')).toEqual(['The title must be one line.']);
  expect(plainText('description', { max: 20, lines: 'many' }).parse('a\r\nb')).toBe('a\nb');
});

test('one of our secret keys is refused wherever it stands, a shared key is not', () => {
  const { secretKey, sharedKey } = mintKeyPair('production');
  const long = plainText('description', { max: 500 });

  expect(messages(long, `use ${secretKey} here`)?.[0]).toMatch(/looks like a secret key/);
  expect(messages(long, secretKey.slice(0, 30))?.[0]).toMatch(/looks like a secret key/);
  expect(long.safeParse(sharedKey).success).toBe(true);
});
