import { expect, test } from 'vitest';
import { limitHeaders } from './limit-headers.ts';

test('limit, what remains, and the seconds until it starts anew', () => {
  expect(
    limitHeaders({ ok: true, limit: 100, remaining: 42, resetSeconds: 3_600, day: '2026-01-01' }),
  ).toEqual(['RateLimit-Policy', '"daily";q=100;w=86400', 'RateLimit', '"daily";r=42;t=3600']);
});

test('a refused call has nothing left', () => {
  expect(limitHeaders({ ok: false, limit: 7, resetSeconds: 1 }).at(-1)).toBe('"daily";r=0;t=1');
});

test('a changed limit shows at once, and so does one seen long ago', () => {
  const policy = (limit: number) => limitHeaders({ ok: false, limit, resetSeconds: 1 })[1];
  for (let limit = 0; limit < 1_100; limit++) expect(policy(limit)).toBe(`"daily";q=${limit};w=86400`);
  expect(policy(3)).toBe('"daily";q=3;w=86400');
});
