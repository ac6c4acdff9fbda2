import { expect, test } from 'vitest';
import { permitted } from '#lib/catalog/header-policy.ts';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { readHeaders } from './inbound.ts';

const carried = (...raw: string[]) => readHeaders(raw).carried;

test.each([
  'Accept',
  'Accept-Language',
  'Content-Type',
  'Content-Encoding',
  ...['Idempotency-Key', 'If-None-Match', 'baggage', 'Last-Event-ID', 'Tus-Resumable', 'Upload-Offset'],
  ...['Stripe-Version', 'Stripe-Account', 'OpenAI-Organization', 'X-GitHub-Api-Version', 'X-Unheard-Of'],
  ...['Referer', 'Priority', 'X-Correlation-Id', 'Accept-Charset'],
  'Range',
  'Traceparent',
  'User-Agent',
])('%s travels on, its value untouched', (name) => {
  expect(carried(name, ' a, B;c=" d" ')).toEqual([name.toLowerCase(), ' a, B;c=" d" ']);
});

test.each([
  ...[
    'Authorization',
    'X-API-Key',
    'X-Shared-Key',
    'X-Secret-Key',
    'Proxy-Authorization',
    'Cookie',
    'Set-Cookie',
  ],
  ...[
    'Host',
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Expect',
    'Content-Length',
  ],
  ...['Forwarded', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto', 'X-Real-IP', 'Via'],
  ...['X-Latchkey-Team', 'X-Request-Id', 'X-Middleware-Subrequest', 'Next-Action', 'RSC', 'Origin'],
  ...['X-HTTP-Method-Override', 'X-Original-URL', 'X-Rewrite-URL', 'Sec-Fetch-Site', 'user_agent'],
  ...['X_Latchkey_Team', 'X.Latchkey.Team', 'x!request!id', 'X-Forwarded-User', 'Proxy-Connection'],
  ...['X-Auth-Request-User', 'X-Client-Cert', 'True-Client-IP', 'CF-Connecting-IP', 'X-Envoy-Original-Path'],
  ...['Access-Control-Request-Method', 'X-Upstream-Request-Id', 'HTTP2-Settings', 'Max-Forwards'],
])('%s stays here', (name) => {
  expect(carried(name, 'value')).toEqual([]);
});

test('a repeated header is forwarded repeatedly, in order', () => {
  expect(carried('Accept', 'a', 'X', 'y', 'accept', 'b')).toEqual(['accept', 'a', 'x', 'y', 'accept', 'b']);
});

test('headers named by Connection are dropped, in any case, spacing or number of headers', () => {
  const raw = [
    'Connection',
    'close, Accept',
    'Accept',
    'a',
    'X-Own',
    'o',
    'Range',
    'r',
    'connection',
    ' RANGE ,x-own',
  ];
  expect(readHeaders(raw).carried).toEqual([]);
});

test("Connection can't remove a header that the gateway reads itself", () => {
  const named = 'authorization, x-forwarded-for, content-length, host, transfer-encoding, origin';
  const read = readHeaders([
    ...[
      'Connection',
      named,
      'Authorization',
      'Bearer x',
      'X-Forwarded-For',
      '192.0.2.1',
      'Content-Length',
      '4',
    ],
    ...['Host', 'gateway.test', 'Transfer-Encoding', 'chunked', 'Origin', 'https://site.test'],
  ]);
  expect(read).toMatchObject({
    authorization: 'Bearer x',
    forwardedFor: '192.0.2.1',
    contentLength: '4',
    host: 'gateway.test',
    transferEncoding: 'chunked',
    origin: 'https://site.test',
  });
});

test('an ordinary Connection header drops nothing', () => {
  for (const value of ['keep-alive', 'close', 'Keep-Alive'])
    expect(carried('Connection', value, 'Accept', 'a')).toEqual(['accept', 'a']);
});

test('several X-Forwarded-For headers are one list, in order', () => {
  expect(readHeaders(['X-Forwarded-For', 'a, b', 'x-forwarded-for', 'c']).forwardedFor).toBe('a, b,c');
});

test('a second Host, an Upgrade and repeated credentials are detected', () => {
  expect(readHeaders(['Host', 'a', 'host', 'a']).hosts).toBe(2);
  expect(readHeaders(['Upgrade', 'h2c']).upgrade).toBe(true);
  expect(readHeaders(['X-Secret-Key', 'a', 'X-SECRET-KEY', 'a']).repeated).toBe(true);
  expect(readHeaders(['X-Secret-Key', 'a', 'X-Shared-Key', 'a']).repeated).toBe(false);
});

test('a name without a value is not a header', () => {
  expect(carried('Accept', 'a', 'Range')).toEqual(['accept', 'a']);
});

const pairs = ['x-tenant', 'a', 'x-other', 'b', 'content-type', 'c', 'x-tenant', 'd'];

test('a policy holds the listed headers back, or everything else', () => {
  const names = new Set(['x-tenant']);
  expect(permitted(pairs, { mode: 'except', names })).toEqual(['x-other', 'b', 'content-type', 'c']);
  expect(permitted(pairs, { mode: 'only', names })).toEqual([
    ...['x-tenant', 'a', 'content-type', 'c', 'x-tenant', 'd'],
  ]);
  expect(permitted(pairs, { mode: 'only', names: new Set() })).toEqual(['content-type', 'c']);
});

const key = mintKeyPair('production');
const encodings: [string, string][] = [
  ['plain', key.secretKey],
  ['in other text', `Token token="${key.secretKey}"`],
  ['upper case', key.secretKey.toUpperCase()],
  ['percent-encoded', [...key.secretKey].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')],
  ['percent-encoded twice', key.secretKey.replaceAll('_', '%255f')],
  ['JSON escapes', key.secretKey.replaceAll('_', '\\u005f')],
  ['HTML entities', key.secretKey.replaceAll('_', '&#95;')],
  ['hexadecimal', Buffer.from(key.secretKey).toString('hex')],
  ['the shared key', key.sharedKey],
  ['a mistyped key', `${key.secretKey.slice(0, -1)}!`],
  ...['', 'u', 'us', 'use'].map((lead): [string, string] => [
    `base64 after ${lead.length} bytes`,
    `Basic ${Buffer.from(`${lead}${key.secretKey}:x`).toString('base64')}`,
  ]),
  ['base64url', Buffer.from(`${key.sharedKey}:${key.secretKey}`).toString('base64url')],
];

test.each(encodings)("a client's key stays here under any header name: %s", (_encoding, value) => {
  for (const name of ['X-Token', 'User-Agent', 'Referer', 'X-Original', 'Idempotency-Key'])
    expect(carried('Accept', 'a', name, value)).toEqual(['accept', 'a']);
});

test('what only resembles a key is forwarded', () => {
  for (const value of [
    'lk_',
    'lk_sk_',
    `milk_sk_${'x'.repeat(80)}`,
    `bGtf${'A'.repeat(100)}`,
    '%%%'.repeat(40),
  ])
    expect(carried('X-Token', value)).toEqual(['x-token', value]);
});

test('names of object properties are ordinary header names', () => {
  expect(carried('constructor', 'b', 'toString', 'c')).toEqual(['constructor', 'b', 'tostring', 'c']);
  expect(carried('__proto__', 'a')).toEqual([]);
});

test('more spellings than are remembered are still sorted right', () => {
  for (let i = 0; i < 2_100; i++) carried(`X-Made-Up-${i}`, '1');
  expect(carried('Cookie', 'a=b', 'X-Made-Up-1', '1')).toEqual(['x-made-up-1', '1']);
});

test.each([
  ['trailers', true],
  ['gzip, Trailers;q=0.5', true],
  ['gzip', false],
  ['x-trailers', false],
])('TE: %s', (value, accepted) => {
  expect(readHeaders(['TE', value]).trailers).toBe(accepted);
});
