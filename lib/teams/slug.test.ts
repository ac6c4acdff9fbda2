import { expect, test } from 'vitest';
import { slugOf } from './slug.ts';

test.each([
  ['Acme', 'acme'],
  ['  Acme, Inc.  ', 'acme-inc'],
  ["Ada's Team", 'adas-team'],
  ['Zürich Straße', 'zurich-strasse'],
  ['Łódź Ørsted', 'lodz-orsted'],
  ['R&D', 'r-and-d'],
  ['Яндекс Погода', 'yandeks-pogoda'],
  ['Ελλάδα', 'ellada'],
  ['ﬁnance ②', 'finance-2'],
  ['e\u0301cole', 'ecole'],
])('%s is addressed as %s', (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});

test('an empty result or a reserved word gives no slug', () => {
  for (const name of ['', '東京', '🔑', '---', 'x', 'New', ' API ', 'operator']) {
    expect(slugOf(name), name).toBeNull();
  }
});

test('a long name is truncated, but never ends with a hyphen', () => {
  const slug = slugOf(`${'a'.repeat(39)} long name`);

  expect(slug).toBe('a'.repeat(39));
});
