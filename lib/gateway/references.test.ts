import { expect, test } from 'vitest';
import { expectLinearTime } from '#tests/support/linear-time.ts';
import { publicLinks, publicReference, publicRefresh, type ResponsePlace } from './references.ts';
import { answerHeaders } from './response-headers.ts';

const place: ResponsePlace = {
  upstream: { origin: 'https://api.test', basePath: '/v2' },
  path: '/cities',
  api: 'weather',
  mount: { gatewayUrl: 'https://gateway.test', locationBase: '' },
};

test.each([
  [
    'absolute',
    '<https://api.test/v2/cities?page=2>; rel="next"',
    '<https://gateway.test/weather/cities?page=2>; rel="next"',
  ],
  [
    'several, as GitHub writes them',
    '<https://api.test/v2/cities?page=2>; rel="next", <https://api.test/v2/cities?page=9>; rel="last"',
    '<https://gateway.test/weather/cities?page=2>; rel="next", <https://gateway.test/weather/cities?page=9>; rel="last"',
  ],
  ['without a scheme', '<//api.test/v2/a>; rel=next', '<https://gateway.test/weather/a>; rel=next'],
  ['the other scheme', '<http://api.test/v2/a>; rel=next', '<https://gateway.test/weather/a>; rel=next'],
  ['the default port, in capitals', '<HTTPS://API.TEST:443/v2/a>', '<https://gateway.test/weather/a>'],
  ['a dot after the host', '<https://api.test./v2/a>', '<https://gateway.test/weather/a>'],
  ['an absolute path', '</v2/cities?page=2>; rel=next', '</weather/cities?page=2>; rel=next'],
  [
    'an anchor',
    '<#x>; anchor="https://api.test/v2/a"; rel=b',
    '<#x>; anchor="https://gateway.test/weather/a"; rel=b',
  ],
  [
    'a comma in the URL',
    '<https://api.test/v2/a,b>, <https://api.test/v2/c>',
    '<https://gateway.test/weather/a,b>, <https://gateway.test/weather/c>',
  ],
  [
    'a comma in quotes',
    '<https://api.test/v2/a>; title="a, \\"<b>\\"", <x>',
    '<https://gateway.test/weather/a>; title="a, \\"<b>\\"", <x>',
  ],
])('Link: %s', (_name, value, expected) => {
  expect(publicLinks(value, place)).toBe(expected);
});

test.each([
  '<?page=2>; rel=next',
  '<paris>; rel=item',
  '<>; rel=self',
  '<https://other.test/a>; rel=help',
  '<https://api.test:8443/v2/a>',
  '<mailto:a@api.test>; rel=author',
  '</docs>; rel=help',
  'rel=next',
])('Link: %s stays as it is', (value) => {
  expect(publicLinks(value, place)).toBe(value);
});

test.each([
  ['outside the base path', '<https://api.test/admin>; rel=x'],
  ['outside the base path after dots', '<https://api.test/v2/../admin>; rel=x'],
  ['with a user name', '<https://user:password@api.test/v2/a>'],
  ['unfinished', '<https://api.test/v2/a'],
  ['an invalid URL', '<https://api.test:x/v2/a>'],
  ['an anchor outside the base path', '<#a>; anchor="https://api.test/admin"'],
  ['hidden behind other text', 'x <https://api.test/v2/a>'],
])('Link: one %s is removed, the others stay', (_name, link) => {
  expect(publicLinks(link, place)).toBeNull();
  expect(publicLinks(`<https://api.test/v2/b>, ${link}`, place)).toBe('<https://gateway.test/weather/b>');
});

test.each(['Content-Location', 'Operation-Location', 'Azure-AsyncOperation'])(
  '%s is rewritten to the gateway, passed if it points to another site, and dropped otherwise',
  (name) => {
    const sent = (value: string) => {
      const { headers } = answerHeaders([name, value], 'id', [], place);
      return headers[0] === name ? headers[1] : undefined;
    };
    expect(sent('https://api.test/v2/jobs/1?x=1')).toBe('https://gateway.test/weather/jobs/1?x=1');
    expect(sent('/v2/jobs/1')).toBe('/weather/jobs/1');
    expect(sent('https://other.test/jobs/1')).toBe('https://other.test/jobs/1');
    expect(sent('https://api.test/admin')).toBeUndefined();
  },
);

test.each([
  ['5', '5'],
  ['5; url=https://api.test/v2/a', '5; url=https://gateway.test/weather/a'],
  ["0;URL='/v2/a?b'", '0; url=/weather/a?b'],
  ['1.5, https://api.test/v2/a', '1.5; url=https://gateway.test/weather/a'],
  ['0; url=https://evil.test/', null],
  ['0; url=https://api.test/admin', null],
  ['0; url=javascript:alert(1)', null],
  ['soon', null],
])('Refresh: %s becomes %s', (value, expected) => {
  expect(publicRefresh(value, place)).toBe(expected);
});

test('no header with a URL names the upstream afterwards, however the URL is written', () => {
  const forms = [
    'https://api.test/v2/a',
    'http://api.test/v2/a',
    '//api.test/v2/a',
    'HTTPS://API.test:443/v2/a',
    'https://api.test/',
  ];
  for (const form of forms) {
    const raw = [
      'Link',
      `<${form}>`,
      'Content-Location',
      form,
      'Operation-Location',
      form,
      'Refresh',
      `1;url=${form}`,
    ];
    const { headers } = answerHeaders(raw, 'id', [], place);
    expect(headers.join('\n').toLowerCase(), form).not.toContain('api.test');
  }
});

test.each([
  ['opened links', '<'],
  ['commas', ','],
  ['quotes', '"'],
  ['anchors', '<a>; anchor="'],
  ['spaces', '; '],
])('64 KiB of %s take linear time', (_name, unit) => {
  expectLinearTime((length) => {
    const value = unit.repeat(Math.ceil(length / unit.length));
    for (const header of [value, `<x>${value}`, `5${value}`]) {
      publicLinks(header, place);
      publicReference(header, place);
      publicRefresh(header, place);
    }
  }, 65_536);
});
