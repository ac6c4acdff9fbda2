import { expect, test, vi } from 'vitest';
import { log } from '#lib/process/log.ts';
import { errorSummary, throttledErrors } from './log-errors.ts';

test('the first error is logged immediately, then one line a minute with the number in between', () => {
  const logged = vi.spyOn(log, 'error').mockImplementation(() => {});
  let now = 0;
  const logError = throttledErrors({ everyMs: 60_000, nowMs: () => now });
  const err = new Error('no connection');
  for (; now < 130_000; now += 1_000) logError(err, 'jobs: queue error');

  expect(logged.mock.calls).toEqual([
    [{ err }, 'jobs: queue error'],
    [{ err, suppressed: 59 }, 'jobs: queue error'],
    [{ err, suppressed: 59 }, 'jobs: queue error'],
  ]);
});

test('the summary of an error has no statement and no values, and falls back to its code', () => {
  const cause = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
  expect(errorSummary(new Error('Failed query: select 1\nparams: ada@example.com', { cause }))).toBe(
    'ECONNREFUSED',
  );
  expect(errorSummary(new Error('Failed query: select 1\nparams: ada@example.com'))).toBe('a query failed');
  expect(errorSummary(null)).toBe('null');
  expect(errorSummary({})).toBe('unknown error');
  expect(errorSummary(new Error('x'.repeat(900)))).toHaveLength(300);
});
