import { expect, test } from 'vitest';
import { requestId } from './request-id.ts';

test('an ID is a UUID of version 7 and variant 10, whatever the random bytes', () => {
  for (let i = 0; i < 2_000; i++)
    expect(requestId(Date.now())).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
});

test('its first 48 bits are the time in milliseconds', () => {
  const timeOf = (id: string) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  for (const time of [0, 1, 1_700_000_000_000, 2 ** 48 - 1]) expect(timeOf(requestId(time))).toBe(time);
  expect(timeOf(requestId(1_700_000_000_000.9))).toBe(1_700_000_000_000);
});

test('IDs of one millisecond differ, also past the end of the random pool', () => {
  const ids = Array.from({ length: 20_000 }, () => requestId(1_700_000_000_000));
  expect(new Set(ids).size).toBe(ids.length);
});

test('IDs sort by time', () => {
  const ids = Array.from({ length: 50 }, (_, i) => requestId(1_700_000_000_000 + i * 1_000));
  expect([...ids].sort()).toEqual(ids);
});
