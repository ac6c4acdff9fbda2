import { expect, test } from 'vitest';
import type { z } from 'zod';
import { checksumOf } from '#lib/vault/recognize-key.ts';
import { asLine, asLines, filterText, Message, OptionalName, PersonName, plainText } from './text.ts';

const body = `lk_sk_prod_${'a'.repeat(16)}_${'b'.repeat(43)}`;
const secretKey = body + checksumOf(body);
const sharedKey = `lk_pk_prod_${'a'.repeat(16)}`;

const title = plainText('title', { min: 1, max: 10 });
const description = plainText('description', { max: 500, lines: 'many' });
const messages = (schema: z.ZodType, text: unknown) =>
  schema.safeParse(text).error?.issues.map((i) => i.message);

test('a name is trimmed and composed', () => {
  expect(title.parse('  Cafe\u0301 ')).toBe('Caf\u00e9');
});

test('a name of only spaces is empty', () => {
  expect(messages(title, '   ')).toEqual(['Enter a title.']);
  expect(messages(title, undefined)).toEqual(['Enter a title.']);
});

test('a name one character too long is rejected', () => {
  expect(title.safeParse('a'.repeat(10)).success).toBe(true);
  expect(messages(title, 'a'.repeat(11))).toEqual(['The title can have at most 10 characters.']);
  expect(messages(plainText('guidelines', { max: 20_000 }), 'a'.repeat(20_001))).toEqual([
    'The guidelines can have at most 20,000 characters.',
  ]);
});

const INVISIBLE = [
  ...['\u0000', '\u001b', '\u0085', '\u00ad', '\u061c', '\u180e', '\u200b', '\u200e', '\u200f', '\u2028'],
  ...['\u202a', '\u202e', '\u2060', '\u2064', '\u2066', '\u2069', '\ufeff', '\ufffb', '\u{e0041}', '\ud800'],
  ...['\u200c', '\u200d'],
];
test.each(INVISIBLE)('an invisible character is rejected in a name and stripped from a line: %j', (mark) => {
  const wrong = ['Remove the invisible characters from the title.'];
  expect(messages(title, `a${mark}b`)).toEqual(wrong);
  expect(description.safeParse(`a${mark}b`).success).toBe(false);
  expect(asLine(`a${mark}b`)).toBe('a b');
  expect(PersonName().parse(`Ada${mark} L`)).toMatch(/^Ada {2}L$/);
});

test('joiners stay where a script or an emoji needs them', () => {
  for (const text of ['👩‍👩‍👧', '👩🏽‍🚀', 'می‌خواهم', 'क्‍ष', '東京', 'Zoë']) {
    expect(description.parse(text)).toBe(text.normalize('NFC'));
    expect(asLine(text)).toBe(text);
  }
});

test('a name is one line; a description can have several, and tabs', () => {
  expect(messages(title, 'a\nb')).toEqual(['The title must be one line.']);
  expect(title.safeParse('a\tb').success).toBe(false);
  expect(description.parse('a\r\nb\tc')).toBe('a\nb\tc');
});

const refusing: [string, z.ZodType][] = [
  ['a description', description],
  ['a name of a person', PersonName()],
  ['a name that may be left out', OptionalName],
  ['a message', Message(500)],
];
test.each(refusing)(
  '%s rejects a secret key in any form, and a part of one; a shared key is allowed',
  (_name, schema) => {
    const whole = 'This contains a secret key. Remove it. Anyone who can read this text could use the key.';
    for (const text of [`use ${secretKey} x`, secretKey.replaceAll('_', '%5F')]) {
      // A name is first cut to 80 characters. The rest of a key is rejected too.
      expect(messages(schema, text)?.[0], text).toMatch(/^This (contains|looks like) a secret key/);
    }
    expect(messages(schema, secretKey)).toEqual([whole]);
    expect(messages(schema, secretKey.slice(0, 30))?.[0]).toMatch(/^This looks like a secret key, or part/);
    expect(JSON.stringify(schema.safeParse(secretKey).error)).not.toContain('bbbb');
    expect(schema.safeParse(sharedKey).success).toBe(true);
  },
);

test('a description rejects a secret key in base64', () => {
  expect(messages(description, `Basic ${btoa(`${sharedKey}:${secretKey}`)}`)?.[0]).toMatch(
    /contains a secret/,
  );
});

test('a line is cut between characters', () => {
  expect(asLine(' Ada\r\nBcc: eve@example.com ')).toBe('Ada Bcc: eve@example.com');
  expect(asLine('a\u202eb\u200bc\u2028d\u0000e')).toBe('a b c d e');
  expect(asLine('\u0000\u200b')).toBe('');
  expect(asLine('🐎'.repeat(300))).toBe('🐎'.repeat(200));
  expect(asLine('lone \ud83d surrogate')).toBe('lone   surrogate');
  expect(asLine('Zoë 東京', 5)).toBe('Zoë 東');
  expect(asLines(' a\u202e\r\nb\u0000c \n')).toBe('a\nb c');
});

test('a filter text never shows a secret key', () => {
  expect(filterText(200).parse(` ${secretKey} `)).toBe(`lk_sk_prod_…${secretKey.slice(-4)}`);
  expect(filterText(200).parse(sharedKey)).toBe(sharedKey);
  expect(filterText(10).safeParse('a'.repeat(11)).success).toBe(false);
  expect(filterText(10).safeParse('a\0').success).toBe(false);
});
