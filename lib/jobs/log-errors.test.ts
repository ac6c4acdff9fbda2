import { expect, test } from 'vitest';
import { reasonOf, tellErrors } from './log-errors.ts';

test('the first error is told at once, then one line a minute with the number between', () => {
  let now = 0;
  const lines: string[] = [];
  const tell = tellErrors((line) => lines.push(line), { everyMs: 60_000, nowMs: () => now });
  for (; now < 130_000; now += 1_000) tell('the queue', new Error('no connection'));

  expect(lines).toEqual([
    'Jobs: the queue: no connection',
    'Jobs: the queue: no connection (59 more errors since the last line)',
    'Jobs: the queue: no connection (59 more errors since the last line)',
  ]);
});

test('of an error neither statement nor values are told, and one without a message by its code', () => {
  const cause = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
  expect(reasonOf(new Error('Failed query: select 1\nparams: ada@example.com', { cause }))).toBe(
    'ECONNREFUSED',
  );
  expect(reasonOf(null)).toBe('null');
  expect(reasonOf({})).toBe('unknown error');
  expect(reasonOf(new Error('x'.repeat(900)))).toHaveLength(300);
});
