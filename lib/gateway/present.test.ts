import { expect, test } from 'vitest';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { readHeaders } from './inbound.ts';
import { keyInQuery, present } from './present.ts';

const pair = mintKeyPair('staging');
const other = mintKeyPair('staging');
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const from = (...raw: string[]) => present(readHeaders(raw));
const wholePair = { keyId: pair.keyId, environment: 'staging', secretKey: pair.secretKey };

test.each([
  ['HTTP Basic', ['Authorization', basic(`${pair.sharedKey}:${pair.secretKey}`)]],
  ['two headers', ['X-Shared-Key', pair.sharedKey, 'X-Secret-Key', pair.secretKey]],
  ['Bearer', ['Authorization', `Bearer ${pair.secretKey}`]],
  ['X-API-Key', ['X-API-Key', pair.secretKey]],
  ['the secret header alone', ['X-Secret-Key', pair.secretKey]],
  ['a scheme in odd case and space around the token', ['authorization', `bEaReR   ${pair.secretKey} `]],
  [
    'Basic without its padding',
    ['Authorization', basic(`${pair.sharedKey}:${pair.secretKey}`).replace(/=+$/, '')],
  ],
  ['a shared key with Bearer', ['Authorization', `Bearer ${pair.secretKey}`, 'X-Shared-Key', pair.sharedKey]],
  [
    'all ways at once, matching',
    [
      ...['Authorization', basic(`${pair.sharedKey}:${pair.secretKey}`), 'X-API-Key', pair.secretKey],
      ...['X-Shared-Key', pair.sharedKey, 'X-Secret-Key', pair.secretKey],
    ],
  ],
])('%s presents a pair', (_way, raw) => {
  expect(from(...raw)).toEqual(wholePair);
});

test('missing credentials are reported', () => {
  expect(from()).toBe('missing_credentials');
  expect(from('Cookie', `session=${pair.secretKey}`)).toBe('missing_credentials');
});

test.each([
  ['a shared key alone', ['X-Shared-Key', pair.sharedKey]],
  ['an empty Authorization', ['Authorization', '']],
  ['a scheme alone', ['Authorization', 'Bearer']],
  ['a scheme and a space', ['Authorization', 'Bearer ']],
  ['a space before the scheme', ['Authorization', ` Bearer ${pair.secretKey}`]],
  ['another scheme', ['Authorization', `Digest ${pair.secretKey}`]],
  ['the key without a scheme', ['Authorization', pair.secretKey]],
  ['Basic that is no base64', ['Authorization', 'Basic %%%']],
  ['Basic without a colon', ['Authorization', basic(pair.secretKey)]],
  ['Basic without a shared key', ['Authorization', basic(`:${pair.secretKey}`)]],
  ['Basic without a secret', ['Authorization', basic(`${pair.sharedKey}:`)]],
  ['Basic with the halves swapped', ['Authorization', basic(`${pair.secretKey}:${pair.sharedKey}`)]],
  ['Basic with more after the secret', ['Authorization', basic(`${pair.sharedKey}:${pair.secretKey}:x`)]],
  ['Basic with a NUL', ['Authorization', basic(`${pair.sharedKey}:${pair.secretKey}\0`)]],
  ['a shared key of no form', ['X-Shared-Key', 'lk_pk_staging_x', 'X-Secret-Key', pair.secretKey]],
  ['the shared key where the secret belongs', ['X-API-Key', pair.sharedKey]],
  ['an empty key', ['X-API-Key', '']],
  ['a percent-encoded key', ['X-API-Key', pair.secretKey.replaceAll('_', '%5F')]],
  ['percent garbage', ['X-API-Key', '%zz%%%00%']],
  ['a line break behind the key', ['X-API-Key', `${pair.secretKey}\n`]],
  ['quotes around the key', ['X-API-Key', `"${pair.secretKey}"`]],
  ['two keys in one header', ['X-API-Key', `${pair.secretKey}, ${pair.secretKey}`]],
  ['a very long Basic', ['Authorization', basic('a:'.repeat(1_000_000))]],
  ['a very long Bearer', ['Authorization', `Bearer ${pair.secretKey.repeat(10_000)}`]],
  ['a very long shared key', ['X-Shared-Key', 'x'.repeat(1_000_000), 'X-Secret-Key', pair.secretKey]],
])('%s is malformed', (_form, raw) => {
  expect(from(...raw)).toBe('malformed_credentials');
});

test('Basic credentials longer than a key are not decoded', () => {
  const padded = basic(`${pair.sharedKey}:${pair.secretKey}`).replace(/=*$/, '='.repeat(400));
  expect(from('Authorization', padded)).toBe('malformed_credentials');
});

test.each([
  ['Authorization', ['Authorization', `Bearer ${pair.secretKey}`]],
  ['X-API-Key', ['X-API-Key', pair.secretKey]],
  ['X-Secret-Key', ['X-Secret-Key', pair.secretKey]],
  ['X-Shared-Key', ['X-Shared-Key', pair.sharedKey]],
])('%s sent twice is malformed, even with the same value', (_name, raw) => {
  expect(from('X-Secret-Key', pair.secretKey, ...raw, ...raw)).toBe('malformed_credentials');
});

test.each([
  ['X-API-Key and X-Secret-Key', ['X-API-Key', other.secretKey, 'X-Secret-Key', pair.secretKey]],
  ['Bearer and X-API-Key', ['Authorization', `Bearer ${other.secretKey}`, 'X-API-Key', pair.secretKey]],
  ['Bearer and X-Secret-Key', ['Authorization', `Bearer ${other.secretKey}`, 'X-Secret-Key', pair.secretKey]],
  [
    'Basic and X-Shared-Key',
    ['Authorization', basic(`${pair.sharedKey}:${pair.secretKey}`), 'X-Shared-Key', other.sharedKey],
  ],
])('%s that disagree are malformed: neither wins', (_ways, raw) => {
  expect(from(...raw)).toBe('malformed_credentials');
});

test('halves of two keys are invalid', () => {
  expect(from('X-Shared-Key', other.sharedKey, 'X-Secret-Key', pair.secretKey)).toBe('invalid_credentials');
  expect(from('Authorization', basic(`${other.sharedKey}:${pair.secretKey}`))).toBe('invalid_credentials');
  const elsewhere = pair.sharedKey.replace('_stg_', '_prod_');
  expect(from('X-Shared-Key', elsewhere, 'X-Secret-Key', pair.secretKey)).toBe('invalid_credentials');
});

test('one wrong character fails the checksum', () => {
  const wrong =
    pair.secretKey.slice(0, 30) + (pair.secretKey[30] === 'a' ? 'b' : 'a') + pair.secretKey.slice(31);
  expect(from('X-API-Key', wrong)).toBe('invalid_credentials');
});

test.each([
  `a=1&x=${pair.secretKey}`,
  `anything=${pair.sharedKey}`,
  pair.secretKey.replaceAll('_', '%5f'),
  `q=${pair.secretKey.toUpperCase()}`,
  'secret_key=1',
  'a=b&secret-key=1',
  'sharedkey=',
  'X-API-Key=1',
  'x-secret-key=%zz',
  `q=%6c${pair.secretKey.slice(1)}`,
  `q=%256C${pair.secretKey.slice(1)}`,
  `q=${[...pair.secretKey].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('')}`,
  'q=lk_%73k_prod_abc',
  'a=1&%73ecret_key=1',
  'x%2Dapi%2Dkey=1',
])('a key in the query is seen: %s', (query) => {
  expect(keyInQuery(query)).toBe(true);
});

test.each([
  '',
  'city=Berlin',
  'key=1',
  'my_secret_key=1',
  'apikey',
  'q=x-api-key',
  'q=lk_sk',
  '%zz&%&&=',
  'next=%26secret_key=1',
  '%6c%6b=1',
])('an ordinary query is none: %s', (query) => {
  expect(keyInQuery(query)).toBe(false);
});
