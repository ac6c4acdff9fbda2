import { expect, test } from 'vitest';
import { limitHeaders } from './limit-headers.ts';

const burst = {
  ok: true,
  requests: 50,
  windowSeconds: 10,
  remaining: 49,
  resetSeconds: 1,
  retryAfterSeconds: 0,
};

test('limits, what remains, and the seconds until they reset', () => {
  const day = { ok: true, limit: 100, remaining: 42, resetSeconds: 3_600, day: '2026-01-01' } as const;
  expect(limitHeaders(burst, day)).toEqual([
    'RateLimit-Policy',
    '"burst";q=50;w=10, "daily";q=100;w=86400',
    'RateLimit',
    '"burst";r=49;t=1, "daily";r=42;t=3600',
  ]);
});

test('a request over the daily limit has 0 remaining', () => {
  const day = { ok: false, kind: 'team', limit: 7, resetSeconds: 1 } as const;
  expect(limitHeaders(burst, day).at(-1)).toBe('"burst";r=49;t=1, "daily";r=0;t=1');
});

test('a burst rejection omits the daily limit, which was not checked', () => {
  expect(limitHeaders({ ...burst, ok: false, remaining: 0 }, null)).toEqual([
    'RateLimit-Policy',
    '"burst";q=50;w=10',
    'RateLimit',
    '"burst";r=0;t=1',
  ]);
});

test('changed limits are shown immediately, as are earlier ones', () => {
  const policy = (limit: number) =>
    limitHeaders(burst, { ok: false, kind: 'team', limit, resetSeconds: 1 })[1];
  for (let limit = 0; limit < 1_100; limit++)
    expect(policy(limit)).toBe(`"burst";q=50;w=10, "daily";q=${limit};w=86400`);
  expect(policy(3)).toBe('"burst";q=50;w=10, "daily";q=3;w=86400');
});
