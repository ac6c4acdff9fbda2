import { expect, test } from 'vitest';
import { ownHeaders, readHeaders } from './inbound.ts';

const carried = (...raw: string[]) => readHeaders(raw).carried;

test.each([
  'Accept',
  'Accept-Language',
  'Content-Type',
  'Content-Encoding',
  'Idempotency-Key',
  'If-None-Match',
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
  ...[
    'X-Latchkey-Team',
    'X-Request-Id',
    'X-Middleware-Subrequest',
    'Next-Action',
    'RSC',
    'Origin',
    'Referer',
  ],
  ...[
    'X-HTTP-Method-Override',
    'X-Original-URL',
    'X-Rewrite-URL',
    'Sec-Fetch-Site',
    'X-Unheard-Of',
    'user_agent',
  ],
])('%s stays here', (name) => {
  expect(carried(name, 'value')).toEqual([]);
});

test('a repeated header is forwarded repeatedly, in order', () => {
  expect(carried('Accept', 'a', 'X', 'y', 'accept', 'b')).toEqual(['accept', 'a', 'accept', 'b']);
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
  const read = readHeaders(raw);
  expect(read.carried).toEqual([]);
  expect(read.extra).toEqual([]);
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

test("the header parameters that an API's document declares are forwarded", () => {
  const { extra } = readHeaders(['X-Tenant', 'a', 'X-Other', 'b', 'x-tenant', 'c']);
  expect(ownHeaders(extra, new Set(['x-tenant']))).toEqual(['x-tenant', 'a', 'x-tenant', 'c']);
  expect(ownHeaders(extra, new Set())).toEqual([]);
  expect(ownHeaders(extra, undefined)).toEqual([]);
});

test.each([
  ...[
    'x-latchkey-team',
    'x-forwarded-host',
    'forwarded',
    'x-real-ip',
    'x-request-id',
    'cookie',
    'te',
    'expect',
  ],
  ...['proxy-authorization', 'x-middleware-subrequest', 'x-nextjs-data', 'next-action', 'rsc', 'trailer'],
  ...['keep-alive', 'sec-fetch-site', 'x-original-url', 'x-rewrite-url', 'x-http-method-override'],
  // Servers that turn headers into variables read these as the names with a hyphen.
  ...['x_latchkey_team', 'x_forwarded_for', 'content_length', 'x-tenant_id'],
])('no document can declare %s to travel on', (name) => {
  const { extra } = readHeaders([name, 'value']);
  expect(ownHeaders(extra, new Set([name]))).toEqual([]);
});

test.each(['Authorization', 'X-API-Key', 'X-Secret-Key', 'X-Shared-Key', 'Host', 'Content-Length', 'Origin'])(
  'a document that declares %s does not get what the gateway keeps',
  (name) => {
    expect(ownHeaders(readHeaders([name, 'value']).extra, new Set([name.toLowerCase()]))).toEqual([]);
  },
);

test('names of object properties are ordinary header names', () => {
  const { extra } = readHeaders(['__proto__', 'a', 'constructor', 'b', 'toString', 'c']);
  expect(ownHeaders(extra, new Set(['__proto__', 'constructor']))).toEqual(['constructor', 'b']);
});
