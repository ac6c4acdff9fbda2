import { expect, test } from 'vitest';
import { currentHref } from './current-href.ts';

const none = new URLSearchParams();

test('the page itself wins over its parent', () => {
  const hrefs = ['/t/acme', '/t/acme/apps', '/t/acme/logs'];

  expect(currentHref(hrefs, '/t/acme/apps', none)).toBe('/t/acme/apps');
  expect(currentHref(hrefs, '/t/acme/apps/app_1/keys', none)).toBe('/t/acme/apps');
  expect(currentHref(hrefs, '/t/acme', none)).toBe('/t/acme');
});

test('a path with the same prefix is a different page', () => {
  expect(currentHref(['/t/acme/apps'], '/t/acme/apps-archive', none)).toBeUndefined();
});

test('links with different queries are distinguished by them', () => {
  const hrefs = ['/a', '/a?tab=keys', '/a?tab=logs'];

  expect(currentHref(hrefs, '/a', none)).toBe('/a');
  expect(currentHref(hrefs, '/a', new URLSearchParams('tab=logs&before=9'))).toBe('/a?tab=logs');
});
