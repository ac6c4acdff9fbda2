import { expect, test } from 'vitest';
import { REASONS, type Reason } from './reasons.ts';
import { RETRY_SECONDS, refusalResponse } from './response.ts';

const reasons = Object.keys(REASONS) as Reason[]; // Its keys are the type.
const context = { portalUrl: 'https://portal.test', requestId: 'request-1' };
const headerOf = (reason: Reason, name: string, retryAfterSeconds?: number) => {
  const limit =
    retryAfterSeconds === undefined ? {} : { limit: { requests: 5, windowSeconds: 10, retryAfterSeconds } };
  const { headers } = refusalResponse(reason, { ...context, ...limit });
  const at = headers.indexOf(name);
  return at < 0 ? null : headers[at + 1];
};

test.each(reasons)('%s is returned as problem details that link to its page', (reason) => {
  const { status, headers, body } = refusalResponse(reason, context);
  expect(status).toBe(REASONS[reason].status);
  expect(JSON.parse(body.toString())).toEqual({
    type: `https://portal.test/docs/errors/${reason}`,
    title: REASONS[reason].title,
    status,
    detail: REASONS[reason].detail,
    code: reason,
    request_id: 'request-1',
  });
  expect(headers.slice(0, 4)).toEqual([
    'Content-Type',
    'application/problem+json',
    'Content-Length',
    String(body.length),
  ]);
  expect(headerOf(reason, 'Cache-Control')).toBe('no-store');
  expect(headerOf(reason, 'X-Content-Type-Options')).toBe('nosniff');
  expect(headerOf(reason, 'X-Request-Id')).toBe('request-1');
});

test.each(reasons)('%s carries the headers its status requires, and only those', (reason) => {
  const { status } = REASONS[reason];
  expect(headerOf(reason, 'WWW-Authenticate') !== null).toBe(status === 401);
  expect(headerOf(reason, 'Allow') !== null).toBe(status === 405);
  expect(headerOf(reason, 'Retry-After') !== null).toBe(status === 429 || status === 503);
});

test('Retry-After is at least a second for a 429, and fixed for a 503', () => {
  expect(headerOf('quota_exceeded', 'Retry-After', 90)).toBe('90');
  expect(headerOf('quota_exceeded', 'Retry-After', 0)).toBe('1');
  expect(headerOf('rate_limited', 'Retry-After')).toBe('1');
  expect(headerOf('metering_unavailable', 'Retry-After')).toBe(String(RETRY_SECONDS));
});

test('RateLimit headers are included if a limit was checked', () => {
  const { headers } = refusalResponse('quota_exceeded', { ...context, limitHeaders: ['RateLimit', 'r'] });
  expect(headers).toEqual(expect.arrayContaining(['RateLimit', 'r']));
});

test('the problem includes the limit itself', () => {
  const limit = { requests: 50, windowSeconds: 86_400, retryAfterSeconds: 90 };
  const { body } = refusalResponse('key_limit_exceeded', { ...context, limit });
  expect(JSON.parse(body.toString()).limit).toEqual({
    requests: 50,
    window_seconds: 86_400,
    retry_after_seconds: 90,
  });
});
