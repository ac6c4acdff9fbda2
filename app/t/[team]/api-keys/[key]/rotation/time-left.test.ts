import { expect, test } from 'vitest';
import { timeLeft } from './time-left.ts';

const now = new Date('2026-10-05T12:00:00Z');
const MINUTE = 60_000;

test.each([
  [-5, 'moments'],
  [0.5, 'moments'],
  [1, '1 minute'],
  [59.9, '59 minutes'],
  [60, '1 hour'],
  [61, '1 hour 1 minute'],
  [1_440, '1 day'],
  [1_445, '1 day'],
  [7 * 1_440 - 1, '6 days 23 hours'],
  [30 * 1_440, '30 days'],
])('%f minutes: %s', (minutes, text) => {
  expect(timeLeft(new Date(now.getTime() + minutes * MINUTE), now)).toBe(text);
});
