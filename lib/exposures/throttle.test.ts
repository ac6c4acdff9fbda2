import { expect, test } from 'vitest';
import { throttle } from './throttle.ts';

test('the limit applies per name, until the next window', () => {
  const may = throttle({ limit: 2, windowMs: 1_000 });
  expect([may('a', 0), may('a', 500), may('a', 999)]).toEqual([true, true, false]);
  expect(may('b', 999)).toBe(true);
  expect(may('a', 1_000)).toBe(true);
});

test('memory is bounded for any number of names', () => {
  const may = throttle({ limit: 1, windowMs: 1_000 });
  for (let i = 0; i < 100_000; i++) expect(may(`name ${i}`, 0)).toBe(true);
});
