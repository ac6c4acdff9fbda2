import { expect, test } from 'vitest';
import type { Route } from './ports.ts';
import { rewrittenLocation } from './redirect.ts';

const upstream = (origin: string, basePath: string) => ({ origin, basePath });
const routeTo = (production: Route['upstreams']['production']): Route => ({
  endpointId: 'e',
  apiId: 'a',
  path: '/cities/berlin',
  upstreams: { production, staging: upstream('https://staging.test', ''), development: production },
  upstreamHeader: null,
});
const based = routeTo(upstream('https://api.test', '/v2'));
const bare = routeTo(upstream('https://api.test', ''));
const seen = (location: string, route = based) =>
  rewrittenLocation(location, route, 'production', '/weather');

test.each([
  ['/v2/cities/paris', '/weather/cities/paris'],
  ['/v2', '/weather'],
  ['/v2/', '/weather/'],
  ['paris', '/weather/cities/paris'],
  ['../towns?x=1#top', '/weather/towns?x=1#top'],
  ['?page=2', '/weather/cities/berlin?page=2'],
  ['https://api.test/v2/a?b=c#d', '/weather/a?b=c#d'],
  ['HTTPS://API.TEST:443/v2/a', '/weather/a'],
  ['//api.test/v2/a', '/weather/a'],
  ['/v2/x/../a', '/weather/a'],
])('%s stays inside and becomes %s', (location, expected) => {
  expect(seen(location)).toBe(expected);
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
])('%s leaves', (_form, location) => {
  expect(seen(location)).toBeNull();
});

test('an upstream without a base path owns its whole origin, no more', () => {
  expect(seen('/anything', bare)).toBe('/weather/anything');
  expect(seen('https://evil.test/anything', bare)).toBeNull();
  expect(seen('blob:https://api.test/anything', bare)).toBeNull();
});

test("the environment's own upstream decides", () => {
  expect(rewrittenLocation('https://staging.test/a', based, 'staging', '/weather')).toBe('/weather/a');
  expect(rewrittenLocation('https://api.test/v2/a', based, 'staging', '/weather')).toBeNull();
});

test('an absolute address of the gateway is put in front where the mount needs one', () => {
  expect(rewrittenLocation('/v2/a', based, 'production', 'https://portal.test/gateway/weather')).toBe(
    'https://portal.test/gateway/weather/a',
  );
});
