import { expect, test } from 'vitest';
import { answerHeaders, answerTrailers } from './response-headers.ts';

const place = {
  upstream: { origin: 'https://api.test', basePath: '/v2' },
  path: '/cities',
  api: 'weather',
  mount: { gatewayUrl: 'https://gateway.test', locationBase: '' },
};
const answer = (...raw: string[]) => answerHeaders(raw, 'request-1', ['RateLimit', 'r'], place);
const valuesOf = (headers: readonly string[], name: string) =>
  headers.filter((_value, i) => i % 2 === 1 && headers[i - 1]!.toLowerCase() === name.toLowerCase());

test('an ordinary header passes with its spelling, order and repetitions', () => {
  const { headers } = answer('ETag', '"1"', 'x-CUSTOM', 'a', 'Link', '<b>', 'X-Custom', 'c');
  expect(headers.slice(0, 8)).toEqual(['ETag', '"1"', 'x-CUSTOM', 'a', 'Link', '<b>', 'X-Custom', 'c']);
});

test.each([
  ...['Connection', 'Keep-Alive', 'Proxy-Authenticate', 'TE', 'Trailer', 'Transfer-Encoding', 'Upgrade'],
  ...['Set-Cookie', 'Set-Cookie2', 'Server', 'X-Powered-By', 'Strict-Transport-Security', 'Alt-Svc', 'Via'],
  ...['Clear-Site-Data', 'NEL', 'Report-To', 'Service-Worker-Allowed', 'WWW-Authenticate'],
  ...['Access-Control-Allow-Origin', 'Cross-Origin-Opener-Policy', 'X-Middleware-Rewrite', 'X-Nextjs-Cache'],
  ...['X-Latchkey-Team', 'X-Accel-Redirect', 'RateLimit-Policy'],
])('%s stays behind, in any case', (name) => {
  for (const spelled of [name, name.toLowerCase(), name.toUpperCase()])
    expect(valuesOf(answer(spelled, 'of the upstream').headers, name)).toEqual([]);
});

test.each([
  ['X-Content-Type-Options', 'nosniff'],
  ['Content-Security-Policy', 'sandbox'],
  ['X-Request-Id', 'request-1'],
  ['RateLimit', 'r'],
])("%s is the gateway's, whatever the upstream says", (name, value) => {
  expect(valuesOf(answer(name, 'of the upstream').headers, name)).toEqual([value]);
});

test("the upstream's own request ID is passed on under another name", () => {
  const { headers } = answer('X-Request-Id', 'of the upstream', 'X-Upstream-Request-Id', 'forged');
  expect(valuesOf(headers, 'X-Upstream-Request-Id')).toEqual(['of the upstream']);
  expect(valuesOf(answer('x-request-id', 'request-1').headers, 'X-Upstream-Request-Id')).toEqual([]);
});

test("the upstream's own limits pass under the names that the gateway doesn't use", () => {
  const names = ['RateLimit-Limit', 'RateLimit-Remaining', 'X-RateLimit-Remaining', 'Retry-After'];
  for (const name of names) expect(valuesOf(answer(name, '5').headers, name)).toEqual(['5']);
});

test('trailers follow the same rules, and none changes how the response is read', () => {
  const raw = [
    ...['X-Checksum', 'a', 'grpc-status', '0', 'Content-Length', '5', 'Set-Cookie', 'b', 'Location', '/c'],
    ...[
      'X-Request-Id',
      'd',
      'Transfer-Encoding',
      'chunked',
      'Link',
      '<https://api.test>',
      'Content-Type',
      'e',
    ],
    ...['Cache-Control', 'public', 'Server-Timing', 'f', 'RateLimit', 'g', 'WWW-Authenticate', 'Basic'],
  ];
  expect(answerTrailers(raw)).toEqual([
    ['X-Checksum', 'a'],
    ['grpc-status', '0'],
    ['Server-Timing', 'f'],
  ]);
});

test('headers named by any Connection header are dropped', () => {
  const raw = [
    'X-Early',
    '1',
    'Connection',
    'Keep-Alive',
    'connection',
    'x-hop , X-EARLY',
    'Connection',
    'X-Third',
  ];
  const { headers } = answer(...raw, 'X-Hop', '2', 'x-third', '3', 'X-Kept', '4');
  expect(headers.slice(0, 2)).toEqual(['X-Kept', '4']);
});

test('nothing is cached unless the upstream allows it', () => {
  const plain = answer('ETag', '"1"').headers;
  expect(valuesOf(plain, 'Cache-Control')).toEqual(['no-store']);

  const cacheable = answer('Cache-Control', 'max-age=60').headers;
  expect(valuesOf(cacheable, 'Cache-Control')).toEqual(['max-age=60']);
  expect(valuesOf(cacheable, 'Vary')).toEqual([
    'Authorization, X-Shared-Key, X-Secret-Key, X-API-Key, Origin',
  ]);

  const hop = answer('Connection', 'cache-control', 'Cache-Control', 'max-age=60').headers;
  expect(valuesOf(hop, 'Cache-Control')).toEqual(['no-store']);
});

test("the upstream's Vary is kept in addition to the gateway's", () => {
  expect(valuesOf(answer('Vary', 'Accept', 'Cache-Control', 'public').headers, 'Vary')).toHaveLength(2);
});

test('Content-Length and Location are returned separately', () => {
  const read = answer('content-length', '12', 'LOCATION', '/elsewhere');
  expect(read).toMatchObject({ contentLength: '12', location: '/elsewhere' });
  expect(valuesOf(read.headers, 'Content-Length')).toEqual([]);
  expect(valuesOf(read.headers, 'Location')).toEqual([]);
  expect(answer()).toMatchObject({ contentLength: undefined, location: undefined });
});

test('spellings beyond the size of the cache are still classified correctly', () => {
  for (let i = 0; i < 2_100; i++) answer(`X-Made-Up-${i}`, '1');
  expect(valuesOf(answer('Set-Cookie', 'a=b').headers, 'Set-Cookie')).toEqual([]);
});
