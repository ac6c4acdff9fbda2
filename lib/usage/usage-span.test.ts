import { expect, test } from 'vitest';
import { SpanQuery, spanOf } from './usage-span.ts';

const now = new Date('2026-05-20T10:20:30.500Z');
const iso = (at: Date | undefined) => at?.toISOString().replace(/(:00)?\.000Z$/, '');

test.each([
  ['1h', 'minute', 60, '2026-05-20T09:21', '2026-05-20T10:21', '2026-05-20T08:21'],
  ['24h', 'hour', 24, '2026-05-19T11:00', '2026-05-20T11:00', '2026-05-18T11:00'],
  ['7d', 'hour', 155, '2026-05-14T00:00', '2026-05-20T11:00', '2026-05-07T00:00'],
  ['30d', 'day', 30, '2026-04-21T00:00', '2026-05-21T00:00', '2026-03-22T00:00'],
  ['90d', 'day', 90, '2026-02-20T00:00', '2026-05-21T00:00', '2025-11-22T00:00'],
  ['12mo', 'month', 12, '2025-06-01T00:00', '2026-06-01T00:00', '2024-06-01T00:00'],
] as const)(
  '%s: whole bars in UTC, regardless of the process’s time zone',
  (range, grain, bars, from, to, before) => {
    const span = spanOf({ range }, now);

    expect(process.env.TZ).toBe('Pacific/Chatham');
    expect(span.grain).toBe(grain);
    expect(span.starts).toHaveLength(bars);
    expect([span.from, span.to, span.earlier(span.from)].map(iso)).toEqual([from, to, before]);
    expect(span.starts[0]).toEqual(span.from);
  },
);

test('another grain changes the bars but not the time range', () => {
  const hours = spanOf({ range: '24h' }, now);
  const quarters = spanOf({ range: '24h', grain: 'quarter' }, now);

  expect(quarters.from).toEqual(hours.from);
  expect(quarters.starts).toHaveLength(23 * 4 + 2);
  expect(spanOf({ range: '30d', grain: 'minute' }, now).grain).toBe('day');
});

test('custom dates are whole UTC days, the last one included', () => {
  const span = spanOf({ from: '2026-05-01', to: '2026-05-03' }, now);

  expect(span).toMatchObject({ range: 'custom', grain: 'hour', grains: ['hour'] });
  expect([span.from, span.to, span.earlier(span.from)].map(iso)).toEqual([
    ...['2026-05-01T00:00', '2026-05-04T00:00', '2026-04-28T00:00'],
  ]);
});

test('custom timestamps use bars that are still stored', () => {
  const fresh = spanOf({ from: '2026-05-20T08:00:10Z', to: '2026-05-20T08:30:00Z' }, now);
  expect(fresh.grain).toBe('minute');
  expect([iso(fresh.from), iso(fresh.to)]).toEqual(['2026-05-20T08:00', '2026-05-20T08:30']);

  const old = spanOf({ from: '2026-05-01T08:10:00Z', to: '2026-05-01T09:50:00Z' }, now);
  expect(old.grain).toBe('hour');
  expect([iso(old.from), iso(old.to)]).toEqual(['2026-05-01T08:00', '2026-05-01T10:00']);

  expect(spanOf({ from: '2026-01-01T08:10:00Z', to: '2026-01-01T09:50:00Z' }, now).grain).toBe('day');
});

test('swapped, future and very old ranges always give bars, and never too many', () => {
  const turned = spanOf({ from: '2026-05-03', to: '2026-05-01' }, now);
  expect(iso(turned.from)).toBe('2026-05-01T00:00');
  const future = spanOf({ from: '2027-01-01', to: '2027-02-01' }, now);
  expect([future.starts.length > 0, future.from <= now]).toEqual([true, true]);
  const ages = spanOf({ from: '0001-01-01' }, now);
  expect([ages.grain, iso(ages.from), ages.starts.length]).toEqual(['month', '2021-05-01T00:00', 61]);
});

test('invalid query parameters are ignored', () => {
  expect(SpanQuery.parse({ range: '5y', from: 'yesterday', to: '2026-02-30', grain: '' })).toEqual({});
});
