import { expect, test } from 'vitest';
import { readTarget, TARGET_BYTES_MAX } from './target.ts';

test.each([
  ['/weather', { api: 'weather', path: '/', query: '' }],
  ['/weather/', { api: 'weather', path: '/', query: '' }],
  ['/weather?a=1', { api: 'weather', path: '/', query: 'a=1' }],
  ['/weather/cities/Z%C3%BCrich', { api: 'weather', path: '/cities/Z%C3%BCrich', query: '' }],
  ['/weather/a%20b/', { api: 'weather', path: '/a%20b/', query: '' }],
  ['/v-2/a?next=/../x//y&e=%2F%00?%', { api: 'v-2', path: '/a', query: 'next=/../x//y&e=%2F%00?%' }],
  ["/weather/-._~!$&'()*+,=:@", { api: 'weather', path: "/-._~!$&'()*+,=:@", query: '' }],
  ...[
    'a%2fb',
    'a%2Fb',
    'a;v=1',
    'a%3Bv',
    ';v=1',
    'a%25',
    'a%252fb',
    'a%3Fb',
    'a%3fb',
    'a%23b',
    'a%2Eb',
    '...',
    '..a',
  ].map((value): [string, object] => [`/weather/${value}`, { api: 'weather', path: `/${value}`, query: '' }]),
  ['/weather/.well-known/...', { api: 'weather', path: '/.well-known/...', query: '' }],
])('%s is taken apart, not rewritten', (target, expected) => {
  expect(readTarget(target)).toEqual(expected);
});

test.each([
  ['nothing', ''],
  ['the root', '/'],
  ['no slash', 'weather/a'],
  ['an asterisk', '*'],
  ['absolute form', 'http://upstream.test/weather/a'],
  ['authority form', 'upstream.test:443'],
  ['two slashes in front', '//upstream.test/weather'],
  ['two slashes inside', '/weather/a//b'],
  ['two slashes after the API', '/weather//a'],
  ['two slashes at the end', '/weather/a//'],
  ['a dot segment', '/weather/./a'],
  ['a dot segment at the end', '/weather/a/.'],
  ['a parent', '/weather/../admin'],
  ['a parent at the end', '/weather/a/..'],
  ['a parent as API', '/../weather/a'],
  ['an encoded dot', '/weather/%2e%2e/admin'],
  ['an encoded dot, upper case', '/weather/%2E./admin'],
  ['a backslash', '/weather/..\\admin'],
  ['an encoded backslash', '/weather/..%5cadmin'],
  ['an encoded backslash, upper case', '/weather/a%5Cb'],
  ['an encoded NUL', '/weather/a%00'],
  ['an encoded line feed', '/weather/a%0a'],
  ['an encoded carriage return', '/weather/a%0D'],
  ['an encoded unit separator', '/weather/a%1F'],
  ['an encoded DEL', '/weather/a%7f'],
  ['a hidden path parameter', '/weather/..;/admin'],
  ['a hidden path parameter, encoded', '/weather/..%3B/admin'],
  ['a path parameter on the last segment', '/weather/a/..;x=1'],
  ['a path parameter on a dot', '/weather/.;x=1/a'],
  ['dots between encoded slashes', '/weather/a%2f..%2fb'],
  ['dots after an encoded slash', '/weather/a%2F..'],
  ['dots before an encoded slash', '/weather/..%2Fadmin'],
  ['encoded dots between encoded slashes', '/weather/a%2F%2E%2e%2fb'],
  ['dots between doubly encoded slashes', '/weather/a%252f..%252fb'],
  ['everything doubly encoded', '/weather/a%252F%252E%252Eb'.replace('b', '')],
  ['triple encoding of dots', '/weather/%25252e%25252e/admin'],
  ['dots whose percent is encoded in part', '/weather/%25%32%65%2e/admin'],
  ['a doubly encoded backslash', '/weather/..%255cadmin'],
  ['a slash in overlong UTF-8 of three bytes', '/weather/..%e0%80%afadmin'],
  ['a dot in overlong UTF-8 of four bytes', '/weather/%f0%80%80%ae./admin'],
  ['a dot in overlong UTF-8', '/weather/%c0%ae%c0%ae/admin'],
  ['double encoding of a dot', '/weather/%252e%252e/admin'],
  ['an encoding cut short', '/weather/a%4'],
  ['a lone percent', '/weather/a%'],
  ['an encoding that is none', '/weather/%zz'],
  ['a raw NUL', '/weather/a\0'],
  ['a raw tab', '/weather/a\tb'],
  ['a raw space', '/weather/a b'],
  ['raw non-ASCII', '/weather/Zürich'],
  ['a raw line break in the query', '/weather/a?b=\r\nX: y'],
  ['a raw NUL in the query', '/weather/a?\0'],
  ['a raw DEL in the query', '/weather/a?\x7f'],
  ['raw non-ASCII in the query', '/weather/a?q=ü'],
  ['a fragment', '/weather/a#b'],
  ['a fragment behind the query', '/weather/a?b#c'],
  ['braces', '/weather/{id}'],
  ['a pipe', '/weather/a|b'],
  ['an upper-case API', '/Weather/a'],
  ['an encoded API', '/we%61ther/a'],
  ['an underscore as API', '/_/healthz'],
  ['a hyphen in front of the API', '/-weather/a'],
])('%s leads nowhere', (_form, target) => {
  expect(readTarget(target)).toBeNull();
});

test('the longest target is accepted, one byte more is not', () => {
  const longest = '/weather/'.padEnd(TARGET_BYTES_MAX, 'a');
  expect(readTarget(longest)?.path).toHaveLength(TARGET_BYTES_MAX - '/weather'.length);
  expect(readTarget(`${longest}a`)).toBeNull();
  expect(readTarget('/weather/a?'.padEnd(TARGET_BYTES_MAX + 1, 'a'))).toBeNull();
});

test('reading a path that is encoded many times takes linear time', () => {
  const start = performance.now();
  for (let i = 0; i < 200; i++) readTarget(`/weather/%${'25'.repeat(4_000)}2e`);
  expect(performance.now() - start).toBeLessThan(2_000);
});
