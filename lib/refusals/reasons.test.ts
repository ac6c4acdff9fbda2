import { STATUS_CODES } from 'node:http';
import { expect, test } from 'vitest';
import { describeReason, isReason, REASONS, type Reason, reasonEntry } from './reasons.ts';

const reasons = Object.keys(REASONS) as Reason[]; // Its keys are the type.

test.each(reasons)('%s has an error status, a title, an explanation and advice', (reason) => {
  const { status, title, detail, advice } = REASONS[reason];
  expect(status).toBeGreaterThanOrEqual(400);
  expect(STATUS_CODES[status]).toBeDefined();
  expect(title).toMatch(/^[A-Z].*[^.]$/);
  expect(detail).toMatch(/^[A-Z].*\.$/);
  expect(advice).toMatch(/^[A-Z].{20,}\.$/);
});

test('no two reasons share a title', () => {
  expect(new Set(reasons.map((reason) => REASONS[reason].title)).size).toBe(reasons.length);
});

test('only upstream failures count toward the quota', () => {
  const counted = reasons.filter((reason) => reasonEntry(reason).counted);
  expect(counted.sort()).toEqual(['upstream_redirect', 'upstream_timeout', 'upstream_unreachable']);
  for (const reason of counted) expect([502, 504], reason).toContain(REASONS[reason].status);
});

test('rejections of unknown callers are marked, because no team has them in its log', () => {
  expect(reasons.filter((reason) => reasonEntry(reason).anonymous).sort()).toEqual([
    ...['invalid_credentials', 'key_in_query', 'malformed_credentials', 'malformed_request'],
    ...['missing_credentials', 'origin_not_allowed'],
  ]);
});

test('a reason is described by its title, code and detail; an unknown one by its code alone', () => {
  expect(describeReason('ip_not_allowed')).toBe(
    "IP address not allowed (ip_not_allowed). The request's IP address isn't allowed for this API key.",
  );
  for (const unknown of ['of_tomorrow', 'toString']) {
    expect(isReason(unknown)).toBe(false);
    expect(describeReason(unknown)).toBe(unknown);
  }
});
