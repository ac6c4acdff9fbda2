import { expect, test } from 'vitest';
import { spanOf } from '#lib/usage/usage-span.ts';
import { customWords, placeOf } from './place.ts';
import { readUsageQuery } from './usage-query.ts';

const now = new Date('2026-05-20T10:20:30Z');
const place = (address: Record<string, string>, fixed = {}) =>
  placeOf({
    ...{ team: 'acme', path: '/t/acme/usage', fixed, now },
    query: readUsageQuery(Object.entries(address), fixed),
  });
const at = (text: string) => new Date(text);

test('the address keeps what is chosen, and a change changes only itself', () => {
  const here = place({ range: '7d', environment: 'production', key: 'nonsense', to: '' });

  expect(here.with({ grain: 'day' })).toBe('/t/acme/usage?range=7d&environment=production&grain=day');
  expect(here.with({ environment: undefined })).toBe('/t/acme/usage?range=7d');
});

test('what a page is about is not in its address, and the address can’t change it', () => {
  const here = place({ app: 'app_0000000000000001' }, { app: 'app_0000000000000002' });

  expect(here.scope.app).toBe('app_0000000000000002');
  expect(here.with({ range: '1h' })).toBe('/t/acme/usage?range=1h');
  expect(here.export('time')).toBe('/t/acme/usage/export?app=app_0000000000000002&table=time');
});

test('a bar leads to its calls: whole UTC days by date, the rest by moment, what is running without an end', () => {
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

test('a time of one’s own in words', () => {
  const words = (from: string, to: string) => customWords(spanOf({ from, to }, now));

  expect(words('2026-05-01', '2026-05-03')).toBe('1 May 2026 to 3 May 2026 (UTC)');
  expect(words('2026-05-01', '2026-05-01')).toBe('1 May 2026 (UTC)');
  expect(words('2026-05-20T08:00:00Z', '2026-05-20T08:30:00Z')).toBe(
    '20 May 2026, 08:00 to 20 May 2026, 08:30 (UTC)',
  );
});
