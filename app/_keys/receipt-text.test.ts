import { expect, test } from 'vitest';
import { receiptText } from './receipt-text.ts';

test.each([
  [{ gateways: 1, confirmed: 1, afterMs: 12 }, 'Rejected on 1 of 1 gateways after 12 ms'],
  [{ gateways: 3, confirmed: 3, afterMs: 1_240 }, 'Rejected on 3 of 3 gateways after 1.2 s'],
  [
    { gateways: 2, confirmed: 1, afterMs: 45_000 },
    'Rejected on 1 of 2 gateways after 45.0 s. The others stop serving requests when their lease expires.',
  ],
  [{ gateways: 0, confirmed: 0, afterMs: 1 }, 'No gateway is running. The next one to start will reject it.'],
])('%j', (receipt, text) => {
  expect(receiptText({ epoch: 1, ...receipt })).toBe(text);
});

test('a changed rule is applied', () => {
  expect(receiptText({ epoch: 1, gateways: 2, confirmed: 2, afterMs: 12 }, 'Applied')).toBe(
    'Applied on 2 of 2 gateways after 12 ms',
  );
  expect(receiptText({ epoch: 1, gateways: 0, confirmed: 0, afterMs: 1 }, 'Applied')).toBe(
    'No gateway is running. The next one to start will apply it.',
  );
});
