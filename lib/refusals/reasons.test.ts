import { STATUS_CODES } from 'node:http';
import { expect, test } from 'vitest';
import { REASONS, RETRY_SECONDS, type Reason, refusalAnswer } from './reasons.ts';

const reasons = Object.keys(REASONS) as Reason[]; // Its keys are the type.
const context = { portalUrl: 'https://portal.test', requestId: 'request-1' };
const headerOf = (reason: Reason, name: string, retryAfterSeconds?: number) => {
  const limit =
    retryAfterSeconds === undefined ? {} : { limit: { requests: 5, windowSeconds: 10, retryAfterSeconds } };
  const { headers } = refusalAnswer(reason, { ...context, ...limit });
  const at = headers.indexOf(name);
  return at < 0 ? null : headers[at + 1];
};

test.each(reasons)('%s has a status of failure, a title and a sentence', (reason) => {
  const { status, title, detail } = REASONS[reason];
  expect(status).toBeGreaterThanOrEqual(400);
  expect(STATUS_CODES[status]).toBeDefined();
  expect(title).toMatch(/^[A-Z].*[^.]$/);
  expect(detail).toMatch(/^[A-Z].*\.$/);
});

test('no two reasons share a title', () => {
  expect(new Set(reasons.map((reason) => REASONS[reason].title)).size).toBe(reasons.length);
});

test.each(reasons)('%s is answered as a problem that leads to its page', (reason) => {
  const { status, headers, body } = refusalAnswer(reason, context);
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

test.each(reasons)('%s carries the headers its status asks for, and only those', (reason) => {
  const { status } = REASONS[reason];
  expect(headerOf(reason, 'WWW-Authenticate') !== null).toBe(status === 401);
  expect(headerOf(reason, 'Allow') !== null).toBe(status === 405);
  expect(headerOf(reason, 'Retry-After') !== null).toBe(status === 429 || status === 503);
});

test('a 429 says when to come back, never now; a 503 says shortly', () => {
  expect(headerOf('quota_exceeded', 'Retry-After', 90)).toBe('90');
  expect(headerOf('quota_exceeded', 'Retry-After', 0)).toBe('1');
  expect(headerOf('rate_limited', 'Retry-After')).toBe('1');
  expect(headerOf('metering_unavailable', 'Retry-After')).toBe(String(RETRY_SECONDS));
});

test('the fields of a limit are shown where one was looked at', () => {
  const { headers } = refusalAnswer('quota_exceeded', { ...context, limitHeaders: ['RateLimit', 'r'] });
  expect(headers).toEqual(expect.arrayContaining(['RateLimit', 'r']));
});

test('the limit itself stands in the problem', () => {
  const limit = { requests: 50, windowSeconds: 86_400, retryAfterSeconds: 90 };
  const { body } = refusalAnswer('key_limit_exceeded', { ...context, limit });
  expect(JSON.parse(body.toString()).limit).toEqual({
    requests: 50,
    window_seconds: 86_400,
    retry_after_seconds: 90,
  });
});
