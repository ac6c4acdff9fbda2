import { expect, test } from 'vitest';
import { spanOf } from '#lib/usage/usage-span.ts';
import { customRangeText, placeOf } from './place.ts';
import { readUsageQuery } from './usage-query.ts';

const now = new Date('2026-05-20T10:20:30Z');
const place = (address: Record<string, string>, fixed = {}) =>
  placeOf({
    ...{ team: 'acme', path: '/t/acme/usage', fixed, now },
    query: readUsageQuery(Object.entries(address), fixed),
  });
const at = (text: string) => new Date(text);

test('the URL keeps the current filters, and a change affects only itself', () => {
  const here = place({ range: '7d', environment: 'production', key: 'nonsense', to: '' });

  expect(here.with({ grain: 'day' })).toBe('/t/acme/usage?range=7d&environment=production&grain=day');
  expect(here.with({ environment: undefined })).toBe('/t/acme/usage?range=7d');
});

test('the subject of a page isn’t a query parameter, and query parameters can’t change it', () => {
  const here = place({ app: 'app_0000000000000001' }, { app: 'app_0000000000000002' });

  expect(here.scope.app).toBe('app_0000000000000002');
  expect(here.with({ range: '1h' })).toBe('/t/acme/usage?range=1h');
  expect(here.export('time')).toBe('/t/acme/usage/export?app=app_0000000000000002&table=time');
});

test('a bar links to its requests: whole UTC days by date, others by timestamp, the current bar without an end', () => {
  const here = place({ environment: 'production' });

  expect(here.log(at('2026-05-18T00:00:00Z'), at('2026-05-19T00:00:00Z'))).toBe(
    '/t/acme/logs?environment=production&from=2026-05-18&to=2026-05-18',
  );
  expect(here.log(at('2026-05-20T00:00:00Z'), at('2026-05-21T00:00:00Z'))).toBe(
    '/t/acme/logs?environment=production&from=2026-05-20',
  );
  expect(here.log(at('2026-05-19T09:00:00Z'), at('2026-05-19T10:00:00Z'), { status: '404' })).toBe(
    '/t/acme/logs?environment=production&status=404&from=2026-05-19T09%3A00%3A00.000Z&to=2026-05-19T10%3A00%3A00.000Z',
  );
});

test('a custom range as text', () => {
  const text = (from: string, to: string) => customRangeText(spanOf({ from, to }, now));

  expect(text('2026-05-01', '2026-05-03')).toBe('May 1, 2026 to May 3, 2026 (UTC)');
  expect(text('2026-05-01', '2026-05-01')).toBe('May 1, 2026 (UTC)');
  expect(text('2026-05-20T08:00:00Z', '2026-05-20T08:30:00Z')).toBe(
    'May 20, 2026, 08:00 to May 20, 2026, 08:30 (UTC)',
  );
});
