import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Look, liveStream } from './live-stream.ts';
import { isFull, keepTail, TAILS_MAX, TAILS_PER_PERSON } from './open-tails.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const batch = (more: number): Look => ({ batch: { requests: [], more, uncounted: false }, newest: 'id-1' });
const nothing = batch(0);

function opened(look: () => Promise<Look | null>, options = {}) {
  const abort = new AbortController();
  const onEnd = vi.fn();
  const { stream, end } = liveStream({ look, signal: abort.signal, onEnd, ...options });
  const reader = stream.getReader();
  const read = async () => {
    const { done, value } = await reader.read();
    return done ? null : new TextDecoder().decode(value);
  };
  return { abort, onEnd, end, read, reader };
}

test('what comes in is told with the id to come back with, and nothing is told twice', async () => {
  const looks = [batch(3), nothing, batch(1)];
  const { read } = opened(async () => looks.shift() ?? nothing);

  expect(await read()).toBe('retry: 2000\n\n');
  expect(await read()).toBe(
    'event: requests\nid: id-1\ndata: {"requests":[],"more":3,"uncounted":false}\n\n',
  );
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await read()).toContain('"more":1');
});

test('who may not look any more is told so, and the stream ends', async () => {
  const looks: (Look | null)[] = [nothing, null];
  const { read, onEnd } = opened(async () => looks.shift() ?? null);
  await read();
  await vi.advanceTimersByTimeAsync(1_000);

  expect(await read()).toBe('event: ended\ndata: signed_out\n\n');
  expect(await read()).toBeNull();
  expect(onEnd).toHaveBeenCalledTimes(1);
});

test('a heartbeat while nothing comes in, and an end after the lifetime that lets the browser come back', async () => {
  const { read } = opened(async () => nothing, { lifetimeMs: 20_000 });
  await read();
  await vi.advanceTimersByTimeAsync(16_000);
  expect(await read()).toBe(': still here\n\n');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await read()).toBeNull();
});

test('a browser that takes nothing is not looked for, and let go', async () => {
  const look = vi.fn(async () => batch(1));
  const big = { ...batch(1), newest: 'x'.repeat(70_000) };
  look.mockResolvedValueOnce(big);
  const { onEnd } = opened(look);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(look).toHaveBeenCalledTimes(1);
  expect(onEnd).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(onEnd).toHaveBeenCalledTimes(1);
});

test('a database that is away ends the stream without telling the browser to stay away', async () => {
  const { read, onEnd } = opened(async () => {
    throw new Error('away');
  });
  await read();
  expect(await read()).toBeNull();
  expect(onEnd).toHaveBeenCalledTimes(1);
});

test('nobody is looked for after the browser has gone', async () => {
  const look = vi.fn(async () => nothing);
  const { abort, reader, onEnd } = opened(look);
  await vi.advanceTimersByTimeAsync(1_500);
  const looked = look.mock.calls.length;
  await reader.cancel();
  abort.abort();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(look).toHaveBeenCalledTimes(looked);
  expect(onEnd).toHaveBeenCalledTimes(1);
});

test('one live view too many ends the oldest of the same person', () => {
  const ends = Array.from({ length: TAILS_PER_PERSON + 1 }, () => vi.fn());
  const other = vi.fn();
  const releases = [keepTail('other', other), ...ends.map((end) => keepTail('ada', end))];

  expect(ends.map((end) => end.mock.calls)).toEqual([[['elsewhere']], ...ends.slice(1).map(() => [])]);
  expect(other).not.toHaveBeenCalled();
  for (const release of releases) release();
});

test('there is room again when a live view ends', () => {
  const releases = Array.from({ length: TAILS_MAX }, (_, person) => keepTail(`person ${person}`, () => {}));
  expect(isFull()).toBe(true);
  releases[0]!();
  expect(isFull()).toBe(false);
  for (const release of releases) release();
});
