import { expect, test } from 'vitest';
import { limitTexts } from './limit-text.ts';

test('limits are written as sentences', () => {
  const headers = [
    ['RateLimit-Policy', '"daily";q=1000;w=86400, "burst";q=20;w=1'],
    ['ratelimit', '"daily";r=940;t=18720, "burst";r=19;t=1'],
    ['Retry-After', '90'],
  ] as const;
  expect(limitTexts(headers)).toEqual([
    "Today's requests with this key: 940 of 1,000 remaining, resets in 5 hours 12 minutes.",
    "The team's burst limit: 19 of 20 remaining, resets in 1 second.",
    'Try again in 1 minute.',
  ]);
});

test.each([[[]], [[['RateLimit', 'nonsense']]], [[['RateLimit', '"<b>']]], [[['Retry-After', 'soon']]]])(
  'other headers are ignored: %j',
  (headers) => {
    expect(limitTexts(headers as [string, string][])).toEqual([]);
  },
);

test('an unknown limit is shown with its name', () => {
  expect(limitTexts([['RateLimit', '"weekly";r=1']])).toEqual(['The limit “weekly”: 1 remaining.']);
});
