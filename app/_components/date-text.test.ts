import { expect, test } from 'vitest';
import { dateText } from './date-text.ts';

const noon = new Date('2026-03-04T12:00:00Z');
const later = (minutes: number) => noon.getTime() + minutes * 60_000;

test('a date is shown in the given time zone, or in the runtime’s', () => {
  expect(dateText(noon, 'datetime', { timeZone: 'UTC' })).toBe('Mar 4, 2026, 12:00');
  // The tests run in Pacific/Chatham, at +13:45 in March.
  expect(dateText(noon, 'datetime')).toBe('Mar 5, 2026, 01:45');
  expect(dateText(noon, 'date', { timeZone: 'UTC' })).toBe('Mar 4, 2026');
});

test('it is relative within a day, and absolute afterwards', () => {
  expect(dateText(noon, 'relative', { now: later(0) })).toBe('just now');
  expect(dateText(noon, 'relative', { now: later(5) })).toBe('5 minutes ago');
  expect(dateText(noon, 'relative', { now: later(-5) })).toBe('in 5 minutes');
  expect(dateText(noon, 'relative', { now: later(23 * 60) })).toBe('23 hours ago');
  expect(dateText(noon, 'relative', { now: later(24 * 60), timeZone: 'UTC' })).toBe('Mar 4, 2026, 12:00');
});
