import type { DayLimit } from '#lib/admission/day-limits.ts';
import type { LimitDay } from './recalls.ts';

/** What this process holds of one limit on one day. */
export type Chunk = {
  /** In order of creation. */
  readonly number: number;
  readonly limit: DayLimit;
  readonly day: string;
  /** Whether the day's row is known to exist. */
  opened: boolean;
  /** Requests that can still be taken. */
  left: number;
  /** Below this, a refill begins before it is needed. */
  lowWater: number;
  /** The unreserved part at the last result; null before the first one. */
  unreserved: number | null;
  /** Requests taken since the rate was last read, and when that was. */
  taken: number;
  ratedAt: number;
  /** Requests per ms: the highest recent rate, decaying. */
  rate: number;
  usedAt: number;
  refill: Promise<void> | undefined;
  /** Whether the refill waits for what other processes return. */
  isRecalling: boolean;
  /** The day's quota is used up, so there is no point in asking before this time. */
  deniedUntil: number;
  /** Until this time, other processes need their part, so only what is used right now is held. */
  contestedUntil: number;
  /** The others held nothing, so they aren't asked again before this time. */
  exhaustedUntil: number;
};

/**
 * What is held should outlast a database outage of a lease's length, even if requests come faster meanwhile. Refills begin
 * when less than this much time is left at the current rate.
 */
const RESERVE_MS = 45_000;
/** The same near the limit, where one process's reserve is missing in another. */
const CONTESTED_RESERVE_MS = 250;
const CONTESTED_FOR_MS = 10_000;
const CHUNK_MIN = 50;
const CHUNK_MAX = 1_000_000;

export function newChunk(number: number, limit: DayLimit, day: string, now: number): Chunk {
  return {
    ...{ number, limit, day, opened: false, left: 0, lowWater: 0, unreserved: null },
    ...{ taken: 0, ratedAt: now, rate: 0, usedAt: now, refill: undefined, isRecalling: false },
    ...{ deniedUntil: 0, contestedUntil: 0, exhaustedUntil: 0 },
  };
}

/** Measures the rate of requests, which determines how much to hold. */
export function rate(chunk: Chunk, now: number): void {
  chunk.rate = Math.max(chunk.taken / Math.max(now - chunk.ratedAt, 50), chunk.rate * 0.8);
  chunk.taken = 0;
  chunk.ratedAt = now;
  chunk.lowWater = isContested(chunk, now)
    ? Math.floor((chunk.rate * CONTESTED_RESERVE_MS) / 2)
    : Math.max(CHUNK_MIN / 2, Math.ceil(chunk.rate * RESERVE_MS));
}

/** How much to ask for. */
export function wantedBy(chunk: Chunk, now: number): number {
  if (isContested(chunk, now)) return Math.max(1, Math.ceil(chunk.rate * CONTESTED_RESERVE_MS) - chunk.left);
  return Math.min(CHUNK_MAX, Math.max(CHUNK_MIN, Math.ceil(chunk.rate * RESERVE_MS * 2) - chunk.left));
}

/** Near the limit: what is left doesn't cover the usual reserve, or another process has asked for it. */
export const isContested = (chunk: Chunk, now: number): boolean =>
  now < chunk.contestedUntil || (chunk.unreserved !== null && chunk.unreserved < chunk.rate * RESERVE_MS);

export function contest(chunk: Chunk, now: number): void {
  chunk.contestedUntil = now + CONTESTED_FOR_MS;
  chunk.lowWater = 0;
}

/** What this process holds and doesn't need right now. */
export function surplusOf(chunk: Chunk, now: number): number {
  if (chunk.left <= 0 || chunk.refill || !isContested(chunk, now)) return 0;
  const isIdle = now - chunk.usedAt > CONTESTED_RESERVE_MS;
  return isIdle ? chunk.left : Math.max(0, chunk.left - Math.ceil(chunk.rate * CONTESTED_RESERVE_MS * 2));
}

export const isSame = (one: DayLimit, other: DayLimit): boolean =>
  one === other || (one.requests === other.requests && one.subjectId === other.subjectId);

export const dayOf = ({ limit, day }: Pick<Chunk, 'limit' | 'day'>): LimitDay => ({
  kind: limit.kind,
  subjectId: limit.subjectId,
  day,
});
