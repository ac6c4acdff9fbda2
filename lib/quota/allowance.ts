import type postgres from 'postgres';
import type { DayLimit, LimitKind } from '#lib/admission/day-limits.ts';
import { RepeatedError } from '#lib/process/repeated-error.ts';
import { within } from '#lib/process/within.ts';
import { type Chunk, contest, dayOf, isSame, newChunk, rate, surplusOf, wantedBy } from './chunk.ts';
import { type Granted, grant, openDay, returnGrant } from './day-rows.ts';
import { type LimitDay, openRecalls, type Recalls, type Returned } from './recalls.ts';

/** Nothing is held and the database is unreachable. */
export class QuotaUnknown extends Error {
  override name = 'QuotaUnknown';
}

type Clock = { nowMs(): number; day(): string };

/** The limits that must all have room for a request, in the order in which they reject it. */
type Holder = { readonly limits: readonly DayLimit[] };
type Taken =
  /** `limit` and `remaining` belong to the limit with the least remaining. */
  | { ok: true; limit: number; remaining: number; resetSeconds: number; day: string }
  | { ok: false; kind: LimitKind; limit: number; resetSeconds: number };

type Options = {
  sql: postgres.Sql;
  nodeId: string;
  clock: Clock;
  /** Subscribes to a channel. Without it, processes can't ask each other for unused quota. */
  listen?: (channel: string, onPayload: (payload: string) => void) => Promise<void>;
};

const DAY_MS = 86_400_000;
const RATE_EVERY_MS = 1_000;
const SURPLUS_EVERY_MS = 250;
const DENIED_MS = 250;
/** The longest time a request near the limit waits for quota that other processes hold. */
const RECALL_MS = 1_000;
const EXHAUSTED_MS = 10_000;
const IDLE_MS = 60_000;
const TIMEOUT_MS = 2_000;
const FORGOTTEN_MS_MAX = 5_000;
/** No chunk has a number this high. */
const LATEST = Number.POSITIVE_INFINITY;

export type Quota = ReturnType<typeof openQuota>;

/**
 * Daily limits, exact over any number of processes: each reserves chunks from the limit's row of the day and uses them
 * from memory. The sum of the chunks never exceeds the limit. Near the limit they shrink, and what one process doesn't use
 * goes to those that need it. A request is taken from all of its limits or from none. The day is the UTC date of the
 * database's clock.
 */
export function openQuota(options: Options) {
  const quota = new DailyQuota(options);
  return {
    /** Starts listening for other processes that need quota. */
    start: () => quota.start(),
    take: (holder: Holder): Taken | Promise<Taken> => quota.take(holder),
    /** Returns one request that never reached its upstream. */
    giveBack: (holder: Holder, day: string): void => quota.giveBack(holder, day),
    /**
     * Drops everything held without returning it: the database no longer knows that it was granted. Requests wait until
     * `resume` is called, five seconds at most.
     */
    forget: (): void => quota.forget(),
    resume: (): void => quota.resume(),
    /** Returns everything held. Call it when no request is in progress. */
    stop: (): Promise<void> => quota.stop(),
  };
}

class DailyQuota {
  readonly #sql: postgres.Sql;
  readonly #nodeId: string;
  readonly #clock: Clock;
  readonly #recalls: Recalls | undefined;
  readonly #chunks = new Map<string, Chunk>();
  readonly #returning = new Set<Promise<void>>();
  readonly #timers: NodeJS.Timeout[];
  readonly #refilling = new RepeatedError("The quota can't be read from the database");
  readonly #returningFailed = new RepeatedError("Unused quota can't be returned; it stays reserved");
  /** While the day's counters are being restored. */
  #forgotten: { promise: Promise<void>; resolve: () => void; timer: NodeJS.Timeout } | undefined;
  #made = 0;

  constructor({ sql, nodeId, clock, listen }: Options) {
    this.#sql = sql;
    this.#nodeId = nodeId;
    this.#clock = clock;
    const returnHeld = (limitDay: LimitDay) => this.#returnHeld(limitDay);
    this.#recalls = listen && openRecalls({ sql, nodeId, listen, returnHeld });
    this.#timers = [
      setInterval(() => this.#dropIdle(), IDLE_MS / 4),
      // A rate that has risen since the last refill shows here, before an outage can show it.
      setInterval(() => this.#rateAll(), RATE_EVERY_MS),
      setInterval(() => this.#returnSurplus(), SURPLUS_EVERY_MS),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  async start(): Promise<void> {
    await this.#recalls?.start();
  }

  take({ limits }: Holder): Taken | Promise<Taken> {
    const day = this.#clock.day();
    for (const limit of limits)
      if (this.#chunkOf(limit, day, LATEST).left <= 0) return this.#slowTake(limits);
    return this.#taken(limits, day, LATEST);
  }

  giveBack({ limits }: Holder, day: string): void {
    for (const limit of limits) {
      const chunk = this.#chunks.get(limit.key);
      if (chunk?.day === day && isSame(chunk.limit, limit)) chunk.left++;
      else {
        // The chunk it was taken from no longer exists. A chunk of another limit or day must not grow by this request.
        this.#giveBackLater(returnGrant(this.#sql, this.#nodeId, dayOf({ limit, day }), 1));
      }
    }
  }

  forget(): void {
    this.resume();
    this.#chunks.clear();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => this.resume(), FORGOTTEN_MS_MAX);
    timer.unref();
    this.#forgotten = { promise, resolve, timer };
  }

  resume(): void {
    if (!this.#forgotten) return;
    clearTimeout(this.#forgotten.timer);
    this.#forgotten.resolve();
    this.#forgotten = undefined;
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.resume();
    for (const chunk of this.#chunks.values()) this.#giveBackLater(this.#giveUp(chunk));
    while (this.#returning.size > 0) await Promise.all(this.#returning);
    this.#chunks.clear();
  }

  /** A limit that changes meanwhile applies to this request too. Otherwise two requests could restore their values forever. */
  async #slowTake(limits: readonly DayLimit[]): Promise<Taken> {
    const since = this.#made;
    for (;;) {
      if (this.#forgotten) await this.#forgotten.promise;
      const day = this.#clock.day();
      const empty = this.#firstEmpty(limits, day, since);
      // Nothing is awaited from here on, so the chunks found above can't have changed.
      if (!empty) return this.#taken(limits, day, since);
      if (performance.now() < empty.deniedUntil) {
        const { kind, requests } = empty.limit;
        return { ok: false, kind, limit: requests, resetSeconds: this.#untilMidnight() };
      }
      await this.#refill(empty);
    }
  }

  #firstEmpty(limits: readonly DayLimit[], day: string, since: number): Chunk | null {
    for (const limit of limits) {
      const chunk = this.#chunkOf(limit, day, since);
      if (chunk.left <= 0) return chunk;
    }
    return null;
  }

  /** What is held for a limit. A new chunk replaces one of a changed limit, unless that one was made after `since`. */
  #chunkOf(limit: DayLimit, day: string, since: number): Chunk {
    const known = this.#chunks.get(limit.key);
    if (known && known.day === day && (isSame(known.limit, limit) || known.number > since)) return known;
    // A changed limit voids what is held, which may be more than is left. A past day is useless.
    const fresh = newChunk(++this.#made, limit, day, performance.now());
    this.#chunks.set(limit.key, fresh);
    if (known) {
      // The first refill waits until the old chunk is returned. Otherwise it would find the day fuller than it is.
      fresh.refill = this.#giveUp(known)
        .catch((error: unknown) => this.#returningFailed.failed(error))
        .finally(() => {
          fresh.refill = undefined;
        });
    }
    return fresh;
  }

  #taken(limits: readonly DayLimit[], day: string, since: number): Taken {
    const now = performance.now();
    let limit = 0;
    let remaining = Number.POSITIVE_INFINITY;
    for (const each of limits) {
      const chunk = this.#chunkOf(each, day, since);
      chunk.left--;
      chunk.taken++;
      chunk.usedAt = now;
      this.#refillAhead(chunk);
      const left = chunk.left + (chunk.unreserved ?? 0);
      if (left > remaining) continue;
      remaining = left;
      limit = chunk.limit.requests;
    }
    return { ok: true, limit, remaining, resetSeconds: this.#untilMidnight(), day };
  }

  #refillAhead(chunk: Chunk): void {
    if (chunk.left >= chunk.lowWater || !chunk.unreserved || chunk.refill) return;
    this.#refill(chunk).catch((error: unknown) => this.#refilling.failed(error)); // The next request asks again.
  }

  /** One refill at a time. All requests that need it wait for it. */
  #refill(chunk: Chunk): Promise<void> {
    chunk.refill ??= this.#reserve(chunk).finally(() => {
      chunk.refill = undefined;
    });
    return chunk.refill;
  }

  async #reserve(chunk: Chunk): Promise<void> {
    rate(chunk, performance.now());
    let granted = await this.#askInTime(chunk);
    if (granted === 0) {
      contest(chunk, performance.now());
      granted = await this.#recall(chunk);
    }
    this.#refilling.recovered();
    // There is nothing more to get: a refill ahead of need would only have the same result.
    if (granted === 0) chunk.deniedUntil = performance.now() + DENIED_MS;
  }

  /** Asks the other processes to return what they hold, and then the day again, until they hold nothing. */
  async #recall(chunk: Chunk): Promise<number> {
    const began = performance.now();
    if (!this.#recalls || began < chunk.exhaustedUntil) return 0;
    chunk.isRecalling = true;
    try {
      while (performance.now() - began < RECALL_MS) {
        const isMore = await withQuotaTimeout(this.#recalls.recall(dayOf(chunk)));
        const granted = await this.#askInTime(chunk);
        if (granted > 0) return granted;
        if (!isMore) break;
      }
    } finally {
      chunk.isRecalling = false;
    }
    chunk.exhaustedUntil = performance.now() + EXHAUSTED_MS;
    return 0;
  }

  /** Adds what the database grants to the chunk, and returns it. */
  async #askInTime(chunk: Chunk): Promise<number> {
    const asked = this.#ask(chunk, wantedBy(chunk, performance.now()));
    const { granted, reserved } = await withQuotaTimeout(asked).catch((error: unknown) => {
      // Nothing waits for a later result: what it grants is returned.
      const late = asked.then(
        ({ granted }) => returnGrant(this.#sql, this.#nodeId, dayOf(chunk), granted),
        () => {}, // It failed, which `error` already reports.
      );
      this.#giveBackLater(late);
      throw error;
    });
    chunk.left += granted;
    chunk.unreserved = Math.max(0, chunk.limit.requests - reserved);
    return granted;
  }

  async #ask(chunk: Chunk, wanted: number): Promise<Granted> {
    for (;;) {
      if (!chunk.opened) await openDay(this.#sql, dayOf(chunk));
      chunk.opened = true;
      const granted = await grant(this.#sql, this.#nodeId, dayOf(chunk), chunk.limit.requests, wanted);
      if (granted) return granted;
      chunk.opened = false;
    }
  }

  /** Another process needs what this one holds. */
  async #returnHeld({ kind, subjectId, day }: LimitDay): Promise<Returned> {
    let amount = 0;
    let isBusy = false;
    for (const chunk of this.#chunks.values()) {
      if (chunk.limit.subjectId !== subjectId || chunk.limit.kind !== kind || chunk.day !== day) continue;
      contest(chunk, performance.now());
      isBusy ||= chunk.refill !== undefined && !chunk.isRecalling;
      amount += await this.#giveBackNow(chunk, chunk.left);
    }
    return { amount, isBusy };
  }

  #returnSurplus(): void {
    const now = performance.now();
    for (const chunk of this.#chunks.values()) {
      const surplus = surplusOf(chunk, now);
      if (surplus > 0) this.#giveBackLater(this.#giveBackNow(chunk, surplus));
    }
  }

  #rateAll(): void {
    const now = performance.now();
    for (const chunk of this.#chunks.values()) {
      if (chunk.refill) continue;
      rate(chunk, now);
      if (chunk.rate > 0) this.#refillAhead(chunk);
    }
  }

  #dropIdle(): void {
    const before = performance.now() - IDLE_MS;
    for (const [key, chunk] of this.#chunks) {
      if (chunk.usedAt > before || chunk.refill) continue;
      this.#chunks.delete(key);
      this.#giveBackLater(this.#giveUp(chunk));
    }
  }

  /** Returns all that is left of a chunk, once its refill has ended. */
  async #giveUp(chunk: Chunk): Promise<void> {
    await chunk.refill?.catch((error: unknown) => this.#refilling.failed(error));
    await this.#giveBackNow(chunk, chunk.left);
  }

  async #giveBackNow(chunk: Chunk, amount: number): Promise<number> {
    if (amount <= 0) return 0;
    chunk.left -= amount;
    if (chunk.unreserved !== null) chunk.unreserved += amount;
    await returnGrant(this.#sql, this.#nodeId, dayOf(chunk), amount);
    this.#returningFailed.recovered();
    return amount;
  }

  /** What can't be returned stays reserved until this process's grants are settled. */
  #giveBackLater(work: Promise<unknown>): void {
    const returned = work
      .then(
        () => {},
        (error: unknown) => this.#returningFailed.failed(error),
      )
      .finally(() => this.#returning.delete(returned));
    this.#returning.add(returned);
  }

  #untilMidnight(): number {
    return Math.max(1, Math.ceil((DAY_MS - (this.#clock.nowMs() % DAY_MS)) / 1000));
  }
}

const withQuotaTimeout = <T>(work: Promise<T>) =>
  within(TIMEOUT_MS, work, QuotaUnknown, "The quota can't be read");
