import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { latencyText, shareText } from './numbers.ts';
import { barsPath, heightScale, linePath, tickIndexes } from './plot.ts';
import { barText, tickText } from './span-text.ts';
import { TimeChart } from './time-chart.tsx';

const bars = [0, 1, 2].map((hour) => ({
  start: new Date(Date.UTC(2026, 4, 20, hour)).toISOString(),
  href: `/t/x/logs?from=${hour}`,
  complete: hour < 2,
  cells: [String(hour * 10), String(hour)],
}));
const chart = () =>
  renderToStaticMarkup(
    <TimeChart
      id="patterns"
      title="Request patterns"
      summary="30 requests, 3 of them failed."
      grain="hour"
      bars={bars}
      names={['Requests', 'Errors']}
      stacks={[{ name: 'Requests', look: 'plain', values: [0, 10, 20] }]}
      lines={[{ name: 'Previous period', look: 'quiet', values: [1, null, 3] }]}
      tickText={String}
    />,
  );

test('a chart is an image with a text summary', () => {
  expect(chart()).toMatch(/<svg role="img" aria-label="Request patterns\. 30 requests, 3 of them failed\."/);
});

test('each bar is a link with its values, and without JavaScript each is in the tab order', () => {
  const html = chart();
  const links = [...html.matchAll(/<a [^>]*>(?:<span[^>]*>)([^<]*)/g)].map(([tag, text]) => [
    tag.match(/href="([^"]*)"/)?.[1],
    tag.includes('tabindex'),
    text,
  ]);

  expect(links).toEqual([
    ['/t/x/logs?from=0', false, 'May 20, 00:00–01:00, Requests 0, Errors 0'],
    ['/t/x/logs?from=1', false, 'May 20, 01:00–02:00, Requests 10, Errors 1'],
    ['/t/x/logs?from=2', false, 'May 20, 02:00–03:00, Requests 20, Errors 2, in progress'],
  ]);
});

test('the same data is in a table, newest first, with a link per row', () => {
  const table = chart().match(/<summary[^>]*>Show as table<\/summary>.*<\/table>/s)![0];

  expect([...table.matchAll(/<th scope="col"[^>]*>([^<]*)/g)].map(([, text]) => text)).toEqual([
    ...['Time', 'Requests', 'Errors'],
  ]);
  expect([...table.matchAll(/<time dateTime="([^"]*)"/g)].map(([, at]) => at)).toEqual(
    bars.map((bar) => bar.start).reverse(),
  );
  expect(table).toContain('href="/t/x/logs?from=1"');
});

test('series differ by pattern, and the legend lists them', () => {
  const html = chart();
  for (const name of ['Requests', 'Previous period', 'In progress']) expect(html).toContain(`</svg>${name}`);
  expect(html).toContain('stroke-dasharray="4 3"');
});

test('hours are in the reader’s time zone, days and months in UTC', () => {
  const at = new Date('2026-05-20T13:00:00Z');

  expect(process.env.TZ).toBe('Pacific/Chatham');
  expect(barText(at, 'hour')).toBe('May 21, 01:45–02:45');
  expect(barText(at, 'quarter', 'UTC')).toBe('May 20, 13:00–13:15');
  expect(barText(new Date('2026-05-20T00:00:00Z'), 'day')).toBe('Wed, May 20, 2026 (UTC)');
  expect(barText(new Date('2026-05-01T00:00:00Z'), 'month')).toBe('May 2026 (UTC)');
  expect(tickText(at, 'hour', true, 'UTC')).toBe('May 20, 13:00');
  expect(tickText(new Date('2026-05-20T00:00:00Z'), 'hour', true, 'UTC')).toBe('May 20');
});

test('every value has a visible bar, missing values are gaps, and single values are dots', () => {
  const { y, ticks } = heightScale([3, 9, null], 1);

  expect([y(0), y(10), ticks]).toEqual([200, 0, [0, 2, 4, 6, 8, 10]]);
  expect(barsPath([[0, 0], null, [0, 5]], y)).toMatch(/^M716\.67 200v-100h/);
  expect(barsPath([[0, 0.001]], y)).toContain('v-1.5');
  expect(linePath([1, null, 3, 4], y)).toBe('M125,180ZM625,140L875,120');
});

test('the axis has seven labels at most', () => {
  for (const count of [1, 12, 24, 30, 60, 90, 96, 168, 400])
    expect(tickIndexes(count).length, String(count)).toBeLessThanOrEqual(7);
  expect(tickIndexes(168)).toEqual([0, 24, 48, 72, 96, 120, 144]);
});

test('shares and latencies as text', () => {
  expect([0, 0.94, 37.4, 999.4, 1_234, 41_000].map(latencyText)).toEqual([
    ...['0 ms', '0.9 ms', '37 ms', '999 ms', '1.23 s', '41.0 s'],
  ]);
  expect([
    shareText(0, 0),
    shareText(0, 9),
    shareText(1, 9_999),
    shareText(9_999, 10_000),
    shareText(1, 8),
  ]).toEqual(['—', '0%', '< 0.1%', '> 99.9%', '12.5%']);
});
