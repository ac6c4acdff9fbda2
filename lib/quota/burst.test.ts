import { afterEach, expect, test } from 'vitest';
import { openBurst } from './burst.ts';
import type { Presence } from './presence.ts';

const team = { teamId: crypto.randomUUID(), burstRequests: 50, burstWindowSeconds: 10 };
let ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends) end();
  ends = [];
});

/** A burst limit with a clock and a share that the test sets. */
function aBurst(part: () => number = () => 1) {
  const clock = { now: 1_000_000 };
  const begin: Presence['begin'] = (teamId) => ({
    teamId,
    usedAt: clock.now,
    announcedAt: 0,
    confirmedAt: 0,
    others: new Map(),
  });
  const presence: Presence = {
    begin,
    used: () => {},
    end: () => {},
    fractionOf: part,
    start: async () => {},
    stop: () => {},
  };
  const burst = openBurst({ presence, nowMs: () => clock.now });
  ends.push(burst.stop);
  const takeMany = (calls: number, of = team) =>
    Array.from({ length: calls }, () => burst.take(of)).filter(({ ok }) => ok).length;
  return { burst, clock, takeMany };
}

test('the whole limit is accepted at once, then as much as drains', () => {
  const { clock, takeMany } = aBurst();
  expect(takeMany(80)).toBe(50);
  clock.now += 1_000;
  expect(takeMany(80)).toBe(5);
  clock.now += 10_000;
  expect(takeMany(80)).toBe(50);
});

test('the result has what remains, when the limit resets and when the next request is accepted', () => {
  const { burst, clock } = aBurst();
  expect(burst.take(team)).toEqual({
    ok: true,
    requests: 50,
    windowSeconds: 10,
    remaining: 49,
    resetSeconds: 1,
    retryAfterSeconds: 0,
  });
  for (let i = 0; i < 49; i++) burst.take(team);
  expect(burst.take(team)).toMatchObject({ ok: false, remaining: 0, resetSeconds: 10, retryAfterSeconds: 1 });
  clock.now += 200;
  expect(burst.take(team).ok, 'a fifth of a second is one call of fifty in ten').toBe(true);
  expect(burst.take(team).ok).toBe(false);
});

test('a rejected request uses nothing: a client that waits for Retry-After is accepted', () => {
  const { burst, clock, takeMany } = aBurst();
  takeMany(500);
  const { retryAfterSeconds } = burst.take(team);
  clock.now += retryAfterSeconds * 1_000;
  expect(burst.take(team).ok).toBe(true);
});

test('teams have separate limits, and a changed limit applies to the next request', () => {
  const { takeMany } = aBurst();
  expect(takeMany(60)).toBe(50);
  expect(takeMany(60, { ...team, teamId: crypto.randomUUID() })).toBe(50);
  expect(takeMany(60, { ...team, burstRequests: 70 })).toBe(20);
  expect(takeMany(60, { ...team, burstRequests: 20 })).toBe(0);
});

test('in no period more are accepted than the limit plus what drains in it', () => {
  const { burst, clock } = aBurst();
  const passed: number[] = [];
  let seed = 7;
  for (let i = 0; i < 20_000; i++) {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    clock.now += seed % 97 === 0 ? seed % 4_000 : seed % 60;
    if (burst.take(team).ok) passed.push(clock.now);
  }
  expect(passed.length).toBeGreaterThan(1_000);
  let over = Number.NEGATIVE_INFINITY;
  for (let from = 0; from < passed.length; from++)
    for (let to = from + 49; to < Math.min(passed.length, from + 300); to++)
      over = Math.max(over, to - from + 1 - 50 - ((passed[to]! - passed[from]!) * 50) / 10_000);
  expect(over).toBeLessThan(0.01);
});

test('when the share shrinks, usage of the larger share still counts', () => {
  let part = 1;
  const { clock, takeMany } = aBurst(() => part);
  expect(takeMany(80)).toBe(50);
  part = 0.5;
  clock.now += 5_000; // Now 25 drain per window.
  expect(takeMany(80)).toBe(0);
  clock.now += 5_000;
  expect(takeMany(80)).toBe(0);
  clock.now += 5_000;
  expect(takeMany(80)).toBeGreaterThan(0);
});

test('a limit below the number of processes still accepts one request, at the right rate', () => {
  const small = { ...team, burstRequests: 1, burstWindowSeconds: 10 };
  const { clock, takeMany } = aBurst(() => 1 / 4);
  expect(takeMany(5, small)).toBe(1);
  clock.now += 39_000;
  expect(takeMany(5, small)).toBe(0);
  clock.now += 1_001;
  expect(takeMany(5, small)).toBe(1);
});
