import { expect, test } from 'vitest';
import { lastDays } from './last-days.ts';

test('every UTC day is listed once up to today or the end of the monitoring, with 0 for days without requests', () => {
  const known = [{ day: '2026-10-02', refused: 3 }];
  const [from, until] = [new Date('2026-10-01T23:59:00Z'), new Date('2026-10-08T23:59:00Z')];
  expect(lastDays(known, from, until, Date.parse('2026-10-03T00:00:01Z'))).toEqual([
    { day: '2026-10-01', refused: 0 },
    { day: '2026-10-02', refused: 3 },
    { day: '2026-10-03', refused: 0 },
  ]);
  expect(lastDays(known, from, until, Date.parse('2027-01-01T00:00:00Z'))).toHaveLength(8);
});
