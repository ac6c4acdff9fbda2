import { expect, test } from 'vitest';
import { formatBytes, formatCount, formatMs, formatNumber, formatPercent } from './format.ts';

test('numbers, units and plurals', () => {
  expect([formatNumber(1204), formatPercent(0.95), formatPercent(0.004)]).toEqual(['1,204', '95%', '0.4%']);
  expect([formatMs(0.42), formatMs(12.4), formatMs(1204)]).toEqual(['0.4 ms', '12 ms', '1,204 ms']);
  expect([
    formatBytes(0),
    formatBytes(1),
    formatBytes(512),
    formatBytes(1536),
    formatBytes(20 * 1024 ** 2),
  ]).toEqual(['0 bytes', '1 byte', '512 bytes', '1.5 KB', '20 MB']);
  expect([formatCount(1, 'request'), formatCount(1204, 'request'), formatCount(2, 'key', 'keys')]).toEqual([
    '1 request',
    '1,204 requests',
    '2 keys',
  ]);
});
