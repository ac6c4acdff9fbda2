import { expect, test } from 'vitest';
import { bodyContent } from './response-body.ts';

const of = (bytes: Buffer | string, contentType: string, cut = false, more: [string, string][] = []) =>
  bodyContent(Buffer.from(bytes as string), [['Content-Type', contentType], ...more], cut);

test.each([
  ['JSON', '{"a":1}', 'application/json'],
  ['a problem', '{}', 'application/problem+json; charset=utf-8'],
  ['text', 'é', 'text/plain'],
  ['no content type', 'words', ''],
])('%s is text', (_name, text, contentType) => {
  expect(of(text, contentType)).toMatchObject({ kind: 'text', text });
});

test('another charset is decoded', () => {
  expect(of(Buffer.from('é', 'latin1'), 'text/plain; charset=ISO-8859-1')).toMatchObject({
    kind: 'text',
    text: 'é',
  });
});

test.each([
  ['a picture', Buffer.from([0x89, 0x50]), 'image/png', []],
  ['invalid text', Buffer.from([0xff, 0xfe, 0x41]), 'text/plain', []],
  ['an unknown charset', Buffer.from('x'), 'text/plain; charset=klingon', []],
  ['text with a NUL', Buffer.from('a\0b'), 'text/plain', []],
  ['compressed text', Buffer.from('abc'), 'text/plain', [['Content-Encoding', 'gzip']]],
])('%s is binary', (_name, bytes, contentType, more) => {
  expect(of(bytes, contentType, false, more as [string, string][]).kind).toBe('binary');
});

test('text cut inside a character is still text', () => {
  expect(of(Buffer.from('aé').subarray(0, 2), 'text/plain', true)).toMatchObject({
    kind: 'text',
    text: 'a',
    cut: true,
  });
});

test('an empty body is empty', () => {
  expect(of('', 'application/json')).toEqual({ kind: 'empty' });
});
