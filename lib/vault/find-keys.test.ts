import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { findKeys, holdsSecret, redactKeys, redactValues, secretsIn } from './find-keys.ts';
import { checksumOf, type Environment, secretPrefix, sharedKeyOf } from './recognize-key.ts';
import { randomBase62 } from './tokens.ts';

const ENVIRONMENTS = ['development', 'staging', 'production'] as const;

function aPair(environment: Environment = ENVIRONMENTS[randomInt(3)]!) {
  const keyId = randomBase62(16);
  const body = `${secretPrefix(environment)}${keyId}_${randomBase62(43)}`;
  return { environment, keyId, secret: body + checksumOf(body), shared: sharedKeyOf(environment, keyId) };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

const hex = (letter: string) => letter.charCodeAt(0).toString(16);
const percentEncoded = (text: string) => [...text].map((letter) => `%${hex(letter)}`).join('');
const unicodeEscaped = (text: string) => [...text].map((letter) => `\\u00${hex(letter)}`).join('');

/** Forms in which leaked keys are found. */
const FORMS: Record<string, (secret: string, shared: string) => string> = {
  alone: (secret) => secret,
  'in a sentence': (secret) => `Use ${secret}, please.`,
  'in a .env file': (secret) => `SECRET_KEY=${secret}\nOTHER=1`,
  'in JSON': (secret) => JSON.stringify({ key: secret, next: 'line\n' }),
  'in JSON with escaped underscores': (secret) => `{"key":"${secret.replaceAll('_', '\\u005f')}"}`,
  'in a URL': (secret) => `https://example.com/a?x=1&secret_key=${secret}&y=2`,
  'in an encoded URL': (secret) =>
    encodeURIComponent(`https://example.com/?secret_key=${secret}&b`).replaceAll('_', '%5F'),
  'in a URL encoded twice': (secret) => `u%253D${secret.replaceAll('_', '%255f')}%26`,
  'with its first letter percent-encoded': (secret) => `q=%6c${secret.slice(1)}&x=1`,
  'with its first letter percent-encoded twice': (secret) => `q=%256C${secret.slice(1)}`,
  'with every letter percent-encoded': (secret) => percentEncoded(secret),
  'with some letters percent-encoded five times': (secret) =>
    secret.replace(/[kpA-F]/g, (letter) => `%25252525${hex(letter)}`),
  'with percent-encoded letters in base64': (secret) => `%62${base64(secret).replace(/^b/, '')}`,
  'in JSON with every letter escaped': (secret) => `{"key":"${unicodeEscaped(secret)}"}`,
  'in JSON inside JSON': (secret) => JSON.stringify(`{"key":"${unicodeEscaped(secret)}"}`),
  'in source code': (secret) =>
    `'${[...secret].map((letter, i) => (i % 2 ? letter : `\\x${hex(letter)}`)).join('')}'`,
  'in source code with code points': (secret) => `'${secret.replace('l', '\\u{6c}')}'`,
  'in HTML': (secret) => `<p>${secret.replaceAll('_', '&#95;').replace('l', '&#x6C;')}</p>`,
  'in HTML with named entities': (secret) => secret.replaceAll('_', '&lowbar;'),
  'percent-encoded in JSON': (secret) => `{"q":"\\u00256c${secret.slice(1)}"}`,
  'in Markdown': (secret) => `the key ${secret.replaceAll('_', '\\_')} leaked`,
  'inside a word': (secret) => `x${secret}-y`,
  'in a diff': (secret) => `+  secret: '${secret}'`,
  'in HTTP Basic': (secret, shared) => `Authorization: Basic ${base64(`${shared}:${secret}`)}`,
  'in base64url': (secret) => Buffer.from(`?>${secret}>?`).toString('base64url'),
  'in a Kubernetes secret': (secret) => `data:\n  key: ${base64(secret)}`,
  'in base64, one byte in': (secret) => base64(`x${secret}`),
  'in base64, two bytes in': (secret) => base64(`"x${secret}"\n`),
  'in wrapped base64': (secret) => base64(`${secret}\n`).replace(/(.{76})/g, '$1\n'),
  'after a mistyped key': (secret) => `${secret.slice(0, -1)}- ${secret.slice(0, 20)}${secret}`,
};

test.each(Object.entries(FORMS))('every key is found %s', (_name, write) => {
  for (let i = 0; i < 200; i++) {
    const { secret, shared, environment, keyId } = aPair();
    const text = write(secret, shared);

    const [found, ...others] = findKeys(text).filter(({ kind }) => kind === 'secret');
    expect(found, text).toMatchObject({ key: secret, environment, keyId });
    expect(others).toEqual([]);
    expect(redactKeys(text), text).not.toContain(secret.slice(30, 60));
    expect(redactKeys(text)).toContain(`_…${secret.slice(-4)}`);
    expect(findKeys(redactKeys(text)).filter(({ kind }) => kind === 'secret')).toEqual([]);
    expect(redactKeys(redactKeys(text))).toBe(redactKeys(text));
  }
});

test('both halves of an HTTP Basic token are found', () => {
  const { secret, shared } = aPair();

  expect(findKeys(`Basic ${base64(`${shared}:${secret}`)}`).map(({ key }) => key)).toEqual([shared, secret]);
});

test('the position of an escaped key is the one in the text', () => {
  const { secret } = aPair('production');
  const written = percentEncoded(secret);
  const text = `%C3%BC ${written} c \\u006c`;

  const [found] = findKeys(text);
  expect(text.slice(found!.start, found!.end)).toBe(written);
  expect(redactKeys(text)).toBe(`%C3%BC lk_sk_prod_…${secret.slice(-4)} c \\u006c`);
});

test('a truncated and escaped key is masked', () => {
  const { secret } = aPair('staging');
  expect(redactKeys(`/a?b=${percentEncoded(secret.slice(0, 40))}&c`)).toBe('/a?b=lk_sk_stg_…&c');
});

test('the position of a key is found', () => {
  const { secret, shared } = aPair('production');
  const text = `a ${shared} b ${secret} c`;

  const found = findKeys(text);
  expect(found.map(({ start, end }) => text.slice(start, end))).toEqual([shared, secret]);
  expect(redactKeys(text)).toBe(`a ${shared} b lk_sk_prod_…${secret.slice(-4)} c`);
});

test('ten thousand mutated keys are not found', () => {
  const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-. ';
  let found = 0;
  for (let i = 0; i < 10_000; i++) {
    const { secret } = aPair();
    const at = randomInt(secret.length);
    const letter = letters[randomInt(letters.length)]!;
    const mutated = [
      secret.slice(0, at) + letter + secret.slice(at + 1),
      secret.slice(0, at) + secret.slice(at + 1),
      secret.slice(0, at) + secret.slice(at + 1, at + 2) + secret[at] + secret.slice(at + 2),
      secret.slice(0, -6) + randomBase62(6),
    ][i % 4]!;
    if (mutated.includes(secret)) continue;
    if (secretsIn(mutated).length + secretsIn(base64(mutated)).length > 0) found++;
  }
  expect(found).toBe(0);
});

test('no key is found in random base62 and base64', () => {
  expect(findKeys(randomBase62(1_000_000))).toEqual([]);
  expect(findKeys(Buffer.from(randomBase62(750_000)).toString('base64'))).toEqual([]);
});

test('a shared key is found only as a whole word, because it has no checksum', () => {
  const { shared } = aPair();

  for (const text of [shared, `"${shared}"`, `k=${shared}&`, `%3D${shared}`, `(${shared}).`])
    expect(
      findKeys(text).map(({ key }) => key),
      text,
    ).toEqual([shared]);
  for (const text of [`x${shared}`, `_${shared}`, `${shared}x`, shared.slice(0, -1)])
    expect(findKeys(text), text).toEqual([]);
});

test('mistyped and partial keys are masked too; masks and other words are unchanged', () => {
  const { secret } = aPair('staging');
  const mistyped = secret.slice(0, -1) + (secret.endsWith('x') ? 'y' : 'x');

  expect(redactKeys(`a ${mistyped} b`)).toBe(`a lk_sk_stg_…${mistyped.slice(-4)} b`);
  expect(redactKeys(`a ${secret.slice(0, 40)} b`)).toBe('a lk_sk_stg_… b');
  expect(redactKeys(`a ${secret.slice(0, 16)}`)).toBe('a lk_sk_stg_…');
  for (const text of [
    'lk_sk_prod_…wXyZ',
    'begins with lk_sk_prod_',
    'lk_pk_prod_0123456789abcdef',
    'ask_skills',
  ])
    expect([redactKeys(text), holdsSecret(text)]).toEqual([text, false]);
});

test('all texts inside a value are redacted, everything else is unchanged', () => {
  const { secret } = aPair('development');
  const mask = `lk_sk_dev_…${secret.slice(-4)}`;
  const when = new Date();

  expect(redactValues({ a: [secret, 1, null, { b: `x ${secret}` }], [secret]: true, when })).toEqual({
    a: [mask, 1, null, { b: `x ${mask}` }],
    [mask]: true,
    when,
  });
});

const { secret: SAMPLE } = aPair();
test.each([
  ['prefixes', 'lk_sk_prod_'],
  ['truncated keys', 'lk_sk_prod_aaaaaaaaaaaaaaaa_'],
  ['mistyped keys', `${SAMPLE.slice(0, -1)}-`],
  ['keys', `${SAMPLE} `],
  ['first letters', 'lklklk'],
  ['percent signs', 'lk%25'],
  ['repeatedly encoded percent signs', 'lk%252525252525'],
  ['encoded letters', '%6c%6b%5f%73%6b%5f'],
  ['nested escapes', '\\u00256c'],
  ['backslashes', '\\'],
  ['zeros in entities', '&#0000000'],
  ['encoded prefixes', '%6ck_sk_prod_%61'],
  ['base64 prefixes', 'bGtfc2tf'],
  ['base64 prefixes at other offsets', 'xrX3Nra19za1'],
  ['shared keys', 'lk_pk_prod_aaaaaaaaaaaaaaaa '],
])('a megabyte of %s takes no more than linear time', (_name, unit) => {
  const timeOf = (length: number) => {
    const text = unit.repeat(Math.ceil(length / unit.length));
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 3; i++) {
      const startedAt = performance.now();
      findKeys(text);
      redactKeys(text);
      best = Math.min(best, performance.now() - startedAt);
    }
    return best;
  };
  timeOf(10_000);
  // Quadratic time would be a hundred times as long. The constant allows for a busy machine.
  expect(timeOf(1_000_000)).toBeLessThan(40 * timeOf(100_000) + 200);
});
