import { afterEach, expect, test, vi } from 'vitest';
import { log } from './log.ts';
import { RepeatedError } from './repeated-error.ts';

afterEach(() => vi.restoreAllMocks());

test('an error that repeats every 50 ms for ten minutes is logged a few times, with its cause, and once when it stops', () => {
  const error = vi.spyOn(log, 'error').mockImplementation(() => {});
  const info = vi.spyOn(log, 'info');
  let now = 0;
  const repeated = new RepeatedError('Shipping failed', () => now);
  const cause = new Error('connection refused');
  for (; now < 600_000; now += 50) repeated.failed(cause, { segment: 7 });

  expect(error.mock.calls.map(([fields]) => (fields as { failures: number }).failures)).toEqual([
    1, 201, 601, 1_401, 3_001, 6_201,
  ]);
  expect(error).toHaveBeenCalledWith({ segment: 7, err: cause, failures: 1 }, 'Shipping failed');
  repeated.recovered();
  repeated.recovered();
  expect(info.mock.calls).toEqual([[{ failures: 12_000, seconds: 600 }, 'Recovered: Shipping failed']]);
  repeated.failed(cause);
  expect(error).toHaveBeenCalledTimes(7);
});
