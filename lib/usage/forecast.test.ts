import { expect, test } from 'vitest';
import { forecast } from './forecast.ts';

const noon = new Date('2026-05-20T12:00:00Z');
const flat = (calls: number) => Array.from({ length: 24 }, () => calls);
const soon = (left: number, pace: Parameters<typeof forecast>[0]['pace'], now = noon) =>
  forecast({ left, now, pace });

test('at a constant rate, the limit runs out at the predicted time', () => {
  const { runsOutAt, expected } = soon(300, { lastHour: 100, typical: null });

  expect(runsOutAt).toEqual(new Date('2026-05-20T15:00:00Z'));
  expect(expected).toBe(1_200);
});

test('a limit that lasts until midnight UTC has no end time', () => {
  expect(soon(1_201, { lastHour: 100, typical: flat(100) }).runsOutAt).toBeNull();
  expect(soon(1, { lastHour: 0, typical: null })).toEqual({ runsOutAt: null, expected: 0 });
});

test('a limit without remaining requests has run out now', () => {
  expect(soon(0, { lastHour: 0, typical: null }).runsOutAt).toEqual(noon);
});

test('the forecast expects the busy hours of previous days', () => {
  const evening = flat(0).map((_, hour) => (hour >= 18 ? 1_000 : 0));

  const { runsOutAt } = soon(500, { lastHour: 0, typical: evening });

  expect(runsOutAt!.toISOString()).toMatch(/T18:\d\d/);
});

test('a current burst loses weight over the following hours', () => {
  const burst = soon(10_000, { lastHour: 1_000, typical: flat(0) });

  expect(burst.runsOutAt).toBeNull();
  expect(burst.expected).toBeGreaterThan(1_000);
  expect(burst.expected).toBeLessThan(2_000);
});

test('the last minute of the day', () => {
  const { runsOutAt, expected } = soon(
    5,
    { lastHour: 600, typical: flat(600) },
    new Date('2026-05-20T23:59:00Z'),
  );
  expect(runsOutAt).toEqual(new Date('2026-05-20T23:59:30Z'));
  expect(expected).toBe(10);
});
