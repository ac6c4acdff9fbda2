import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { log } from '#lib/process/log.ts';
import { liveStream, type Poll } from './live-stream.ts';
import { isFull, keepTail, TAILS_MAX, TAILS_PER_PERSON } from './open-tails.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const batch = (more: number): Poll => ({ batch: { requests: [], more, uncounted: false }, newest: 'id-1' });
const nothing = batch(0);

function opened(poll: () => Promise<Poll | null>, options = {}) {
  const abort = new AbortController();
  const onEnd = vi.fn();
  const { stream, end } = liveStream({ poll, signal: abort.signal, onEnd, ...options });
  const reader = stream.getReader();
  const read = async () => {
    const { done, value } = await reader.read();
    return done ? null : new TextDecoder().decode(value);
  };
  return { abort, onEnd, end, read, reader };
}

test('new requests are sent once, with the ID to resume from', async () => {
  const polls = [batch(3), nothing, batch(1)];
  const { read } = opened(async () => polls.shift() ?? nothing);

  expect(await read()).toBe('retry: 2000\n\n');
  expect(await read()).toBe(
    'event: requests\nid: id-1\ndata: {"requests":[],"more":3,"uncounted":false}\n\n',
  );
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await read()).toContain('"more":1');
});

test('the stream ends with a reason when the person can no longer see the log', async () => {
  const polls: (Poll | null)[] = [nothing, null];
  const { read, onEnd } = opened(async () => polls.shift() ?? null);
  await read();
  await vi.advanceTimersByTimeAsync(1_000);

  expect(await read()).toBe('event: ended\ndata: signed_out\n\n');
  expect(await read()).toBeNull();
  expect(onEnd).toHaveBeenCalledTimes(1);
});

test('an idle stream sends heartbeats, and ends after its lifetime so that the browser reconnects', async () => {
  const { read } = opened(async () => nothing, { lifetimeMs: 20_000 });
  await read();
  await vi.advanceTimersByTimeAsync(16_000);
  expect(await read()).toBe(': heartbeat\n\n');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await read()).toBeNull();
});

test('nothing is read for a stalled browser, and it is disconnected', async () => {
  const poll = vi.fn(async () => batch(1));
  const big = { ...batch(1), newest: 'x'.repeat(70_000) };
  poll.mockResolvedValueOnce(big);
  const { onEnd } = opened(poll);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(poll).toHaveBeenCalledTimes(1);
  expect(onEnd).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(onEnd).toHaveBeenCalledTimes(1);
});

test('a database error ends the stream without a reason, so that the browser reconnects', async () => {
  const logged = vi.spyOn(log, 'warn').mockImplementation(() => {});
  const err = new Error('no connection');
  const { read, onEnd } = opened(async () => {
    throw err;
  });
  await read();
  expect(await read()).toBeNull();
  expect(onEnd).toHaveBeenCalledTimes(1);
  expect(logged.mock.calls).toEqual([[{ err }, 'live log: reading new requests failed']]);
});

test('polling stops when the browser disconnects', async () => {
  const poll = vi.fn(async () => nothing);
  const { abort, reader, onEnd } = opened(poll);
  await vi.advanceTimersByTimeAsync(1_500);
  const polls = poll.mock.calls.length;
  await reader.cancel();
  abort.abort();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(poll).toHaveBeenCalledTimes(polls);
  expect(onEnd).toHaveBeenCalledTimes(1);
});

test('opening too many live views ends the oldest one of the same person', () => {
  const ends = Array.from({ length: TAILS_PER_PERSON + 1 }, () => vi.fn());
  const other = vi.fn();
  const releases = [keepTail('other', other), ...ends.map((end) => keepTail('ada', end))];

  expect(ends.map((end) => end.mock.calls)).toEqual([[['elsewhere']], ...ends.slice(1).map(() => [])]);
  expect(other).not.toHaveBeenCalled();
  for (const release of releases) release();
});

test('a live view that ends frees its place', () => {
  const releases = Array.from({ length: TAILS_MAX }, (_, person) => keepTail(`person ${person}`, () => {}));
  expect(isFull()).toBe(true);
  releases[0]!();
  expect(isFull()).toBe(false);
  for (const release of releases) release();
});
