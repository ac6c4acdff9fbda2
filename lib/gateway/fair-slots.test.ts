import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openFairSlots, type Slot, type SlotOptions, type Waiting } from './fair-slots.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const open = (options: Partial<SlotOptions> = {}) =>
  openFairSlots({ perUpstream: 12, perTeam: 100, queueMax: 100, waitMs: 1_000, ...options });
type Slots = ReturnType<typeof open>;

const isSlot = (taken: Slot | Waiting | null): taken is Slot => taken !== null && !('cancel' in taken);
const take = (slots: Slots, team: string, count: number, origin = 'https://api.test') =>
  Array.from({ length: count }, () => slots.take(origin, team));
const granted = (taken: readonly (Slot | Waiting | null)[]) => taken.filter(isSlot);
const waiting = (taken: readonly (Slot | Waiting | null)[]) =>
  taken.filter((one) => one !== null && 'cancel' in one);

test('one busy team gets half of the slots, and the next team a third', () => {
  const slots = open();
  const first = take(slots, 'slow', 20);
  expect([granted(first).length, waiting(first).length]).toEqual([6, 14]);
  expect(granted(take(slots, 'second', 20))).toHaveLength(3);
  expect(granted(take(slots, 'third', 20)).length, 'there is always room for another team').toBeGreaterThan(
    0,
  );
});

test('a team never exceeds its own limit, and other upstreams are not affected', () => {
  const slots = open({ perTeam: 2 });
  expect(granted(take(slots, 'team', 5))).toHaveLength(2);
  expect(granted(take(slots, 'team', 5, 'https://other.test'))).toHaveLength(2);
});

test('the queue is bounded', () => {
  const slots = open({ perTeam: 1, queueMax: 2 });
  const taken = take(slots, 'team', 5);
  expect([granted(taken).length, waiting(taken).length, taken.filter((one) => one === null).length]).toEqual([
    1, 2, 2,
  ]);
});

test('a request does not wait longer than allowed', async () => {
  const slots = open({ perTeam: 1 });
  const [running, queued] = take(slots, 'team', 2) as [Slot, Waiting];
  vi.advanceTimersByTime(999);
  let outcome: unknown = 'waiting';
  void queued.slot.then((slot) => {
    outcome = slot;
  });
  await Promise.resolve();
  expect(outcome).toBe('waiting');
  vi.advanceTimersByTime(1);
  expect(await queued.slot).toBeNull();
  slots.release(running);
  expect(granted(take(slots, 'team', 1))).toHaveLength(1);
});

test('a freed slot goes to the first in line', async () => {
  const slots = open({ perTeam: 1 });
  const [running, first, second] = take(slots, 'team', 3) as [Slot, Waiting, Waiting];
  slots.release(running);
  const slot = await first.slot;
  expect(slot?.running).toBe(1);
  second.cancel();
  expect(await second.slot).toBeNull();
  slots.release(slot!);
  expect(slot?.running).toBe(0);
});

test('waiting teams take turns', async () => {
  const slots = open({ perUpstream: 4 });
  const blockers = granted(take(slots, 'blocker', 2));
  const queued = { one: take(slots, 'one', 3), two: take(slots, 'two', 3) };
  const order: string[] = [];
  const running: Slot[] = [...granted(queued.one), ...granted(queued.two)];
  for (const [name, all] of Object.entries(queued))
    for (const one of all)
      if (one && 'cancel' in one)
        void one.slot.then((slot) => {
          order.push(name);
          running.push(slot!);
        });
  for (const slot of blockers) slots.release(slot);
  await Promise.resolve();
  await Promise.resolve();
  while (running.length > 0) {
    slots.release(running.shift()!);
    await Promise.resolve();
    await Promise.resolve();
  }
  expect([...order].sort()).toEqual(['one', 'one', 'two', 'two']);
  expect(order.slice(0, 2).sort(), 'neither is served twice before the other').toEqual(['one', 'two']);
});

test('all slots are free again after any sequence of requests', async () => {
  const slots = open({ perUpstream: 10, perTeam: 4, queueMax: 3 });
  const running: Slot[] = [];
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  for (let i = 0; i < 2_000; i++) {
    const taken = slots.take('https://api.test', `team-${random(5)}`);
    if (isSlot(taken)) running.push(taken);
    else if (taken && random(3) === 0) taken.cancel();
    else if (taken) void taken.slot.then((slot) => slot && running.push(slot));
    if (random(2) === 0 && running.length > 0)
      slots.release(running.splice(random(running.length), 1)[0] as Slot);
    await Promise.resolve();
    expect(running.length).toBeLessThanOrEqual(10);
  }
  vi.advanceTimersByTime(1_000);
  for (let i = 0; i < 50; i++) {
    for (const slot of running.splice(0)) slots.release(slot);
    await Promise.resolve();
  }
  expect(granted(take(slots, 'fresh', 4))).toHaveLength(4);
  expect(granted(take(slots, 'next', 4)).length).toBeGreaterThanOrEqual(3);
});
