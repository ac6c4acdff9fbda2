import { expect, test } from 'vitest';
import { currentHref } from './current-href.ts';

const none = new URLSearchParams();

test('the page itself wins over the one above it', () => {
  const hrefs = ['/t/acme', '/t/acme/apps', '/t/acme/logs'];

  expect(currentHref(hrefs, '/t/acme/apps', none)).toBe('/t/acme/apps');
  expect(currentHref(hrefs, '/t/acme/apps/app_1/keys', none)).toBe('/t/acme/apps');
  expect(currentHref(hrefs, '/t/acme', none)).toBe('/t/acme');
});

test('a name that merely begins alike is another page', () => {
  expect(currentHref(['/t/acme/apps'], '/t/acme/apps-archive', none)).toBeUndefined();
});

test('links that differ in the query are told apart by it', () => {
  const hrefs = ['/a', '/a?tab=keys', '/a?tab=logs'];

  expect(currentHref(hrefs, '/a', none)).toBe('/a');
  expect(currentHref(hrefs, '/a', new URLSearchParams('tab=logs&before=9'))).toBe('/a?tab=logs');
});
