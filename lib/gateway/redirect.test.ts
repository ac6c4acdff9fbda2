import { expect, test } from 'vitest';
import { publicLocation, RedirectLeaves } from './redirect.ts';
import type { ResponsePlace } from './references.ts';

const place = (
  origin: string,
  basePath: string,
  mount: Partial<ResponsePlace['mount']> = {},
): ResponsePlace => ({
  upstream: { origin, basePath },
  path: '/cities/berlin',
  api: 'weather',
  mount: { gatewayUrl: 'https://gateway.test', locationBase: '', ...mount },
});
const based = place('https://api.test', '/v2');
const bare = place('https://api.test', '');
const seen = (location: string, at = based, status = 302) => publicLocation(location, status, at);

test.each([
  ['/v2/cities/paris', '/weather/cities/paris'],
  ['/v2', '/weather'],
  ['/v2/', '/weather/'],
  ['paris', '/weather/cities/paris'],
  ['../towns?x=1#top', '/weather/towns?x=1#top'],
  ['?page=2', '/weather/cities/berlin?page=2'],
  ['https://api.test/v2/a?b=c#d', 'https://gateway.test/weather/a?b=c#d'],
  ['HTTPS://API.TEST:443/v2/a', 'https://gateway.test/weather/a'],
  ['//api.test/v2/a', 'https://gateway.test/weather/a'],
  ['/v2/x/../a', '/weather/a'],
])('%s stays within the API and becomes %s', (location, expected) => {
  expect(seen(location)).toBe(expected);
  expect(seen(location, based, 201)).toBe(expected);
});

test.each([
  ['outside the base path', '/admin'],
  ['a name that only begins like the base path', '/v22/a'],
  ['the root', '/'],
  ['up and out', '../../admin'],
  ['up and out, encoded', '/v2/%2e%2e/admin'],
  ['another host', 'https://evil.test/v2/a'],
  ['a host that ends like ours', 'https://evil-api.test/v2/a'],
  ['a sub-domain', 'https://api.test.evil.test/v2/a'],
  ['another port', 'https://api.test:8443/v2/a'],
  ['another scheme', 'http://api.test/v2/a'],
  ['protocol-relative', '//evil.test/v2/a'],
  ['backslashes', '\\\\evil.test\\v2\\a'],
  ['slash and backslash', '/\\evil.test/v2/a'],
  ['a tab inside', '/\t/evil.test/v2/a'],
  ['a user name', 'https://user@api.test/v2/a'],
  ['a password', 'https://:secret@api.test/v2/a'],
  ['a host as user name', 'https://api.test@evil.test/v2/a'],
  ['a script', 'javascript:alert(1)'],
  ['data', 'data:text/html,x'],
  ['a file', 'file:///etc/passwd'],
  ['no address at all', 'https://'],
  ['a host that is none', 'https://a b/'],
])('a redirect leaves the API: %s', (_form, location) => {
  expect(() => seen(location)).toThrow(RedirectLeaves);
});

test.each(['https://storage.test/upload?signature=x', 'http://other.test/'])(
  '201 can point at another site: %s',
  (location) => {
    expect(seen(location, based, 201)).toBe(location);
  },
);

test.each([
  ...['https://api.test/admin', '/admin', 'https://user@api.test/v2/a', 'https://user@other.test/'],
  ...['javascript:alert(1)', 'data:text/html,x', '//other.test/a', 'https://'],
])('201 drops the header: %s', (location) => {
  expect(seen(location, based, 201)).toBeNull();
});

test('an upstream without a base path owns its whole origin, and nothing else', () => {
  expect(seen('/anything', bare)).toBe('/weather/anything');
  expect(() => seen('https://evil.test/anything', bare)).toThrow(RedirectLeaves);
  expect(() => seen('blob:https://api.test/anything', bare)).toThrow(RedirectLeaves);
});

test('the other scheme is the same upstream, except in a redirect, which would never end', () => {
  expect(seen('http://api.test/v2/a', based, 201)).toBe('https://gateway.test/weather/a');
  expect(() => seen('http://api.test/v2/a', based, 308)).toThrow(RedirectLeaves);
});

test('the path of the gateway address is kept', () => {
  const below = place('https://api.test', '/v2', { gatewayUrl: 'https://example.com/api/' });
  expect(seen('/v2/a', below)).toBe('/api/weather/a');
  expect(seen('https://api.test/v2/a', below)).toBe('https://example.com/api/weather/a');
});

test('an absolute URL is used where the mount needs one', () => {
  const mounted = place('https://api.test', '/v2', { locationBase: 'https://portal.test/gateway' });
  expect(seen('/v2/a', mounted)).toBe('https://portal.test/gateway/weather/a');
});

test.each([
  ['the gateway itself', 'https://gateway.test/weather/cities?x=1'],
  ['another API of the gateway', 'https://gateway.test/maps/a'],
  ['a listed host', 'https://files.example.com/signed?sig=a%2Fb'],
  ['a subdomain of a listed domain', 'https://bucket.s3.example/x'],
])('a redirect to %s passes unchanged', (_where, location) => {
  const at = { ...based, redirectHosts: ['files.example.com', '*.s3.example'] };
  expect(seen(location, at)).toBe(location);
});

test.each([
  'http://files.example.com/x',
  'https://files.example.com:8443/x',
  'https://user@files.example.com/x',
  'https://files.example.com.evil.test/x',
  'https://s3.example/x',
  'https://evils3.example/x',
  'javascript:alert(1)',
  'https://gateway.test:8443/weather',
  'http://gateway.test/weather',
])('%s is neither the gateway nor a listed host', (location) => {
  const at = { ...based, redirectHosts: ['files.example.com', '*.s3.example'] };
  expect(() => seen(location, at)).toThrow(RedirectLeaves);
});

test('on the portal, only what is below the mount is the gateway', () => {
  const mount = { gatewayUrl: 'https://portal.test', locationBase: 'https://portal.test/gateway' };
  const at = place('https://api.test', '/v2', mount);
  expect(seen('https://portal.test/gateway/weather/a', at)).toBe('https://portal.test/gateway/weather/a');
  for (const path of ['/sign-out', '/gateway', '/gatewayx/a', '/gateway/../sign-out'])
    expect(() => seen(`https://portal.test${path}`, at)).toThrow(RedirectLeaves);
});
