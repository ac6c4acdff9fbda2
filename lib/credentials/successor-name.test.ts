import { expect, test } from 'vitest';
import { NAME_MAX, successorName } from './successor-name.ts';

const now = new Date('2026-10-05T23:30:00Z');

test.each([
  ['Shop', 'rotated', 'Shop (rotated 2026-10-05)'],
  ['Shop (rotated 2026-07-01)', 'rotated', 'Shop (rotated 2026-10-05)'],
  ['Shop (replaced 2026-07-01, 3)', 'rotated', 'Shop (rotated 2026-10-05)'],
  ['Shop (rotated 2026-10-05)', 'rotated', 'Shop (rotated 2026-10-05, 2)'],
  ['Shop (rotated 2026-10-05, 2)', 'replaced', 'Shop (replaced 2026-10-05, 3)'],
  ['Shop (Berlin)', 'replaced', 'Shop (Berlin) (replaced 2026-10-05)'],
] as const)('%s, %s: %s', (name, how, expected) => {
  expect(successorName(name, how, now)).toBe(expected);
});

test('a long name is cut between characters, and is always new', () => {
  for (let length = 30; length <= NAME_MAX; length++) {
    const name = successorName(`${'x'.repeat(length)}😀`.slice(0, NAME_MAX), 'replaced', now);
    expect(name.length).toBeLessThanOrEqual(NAME_MAX);
    expect(name.isWellFormed()).toBe(true);
    expect(successorName(name, 'replaced', now)).not.toBe(name);
  }
  expect(successorName(`${'x'.repeat(38)}😀`, 'rotated', now)).toBe(`${'x'.repeat(38)} (rotated 2026-10-05)`);
});
