import { expect, test } from 'vitest';
import { ADVICE, COUNTS } from './advice.ts';
import { REASONS } from './reasons.ts';

test('every refusal of the gateway has a page that says what to do, and no page is left over', () => {
  expect(Object.keys(ADVICE).sort()).toEqual(Object.keys(REASONS).sort());
  for (const [reason, advice] of Object.entries(ADVICE)) expect(advice, reason).toMatch(/^[A-Z].{20,}\.$/);
});

test('only failures behind the gateway draw on the quota', () => {
  for (const reason of COUNTS) expect([502, 504], reason).toContain(REASONS[reason].status);
});
