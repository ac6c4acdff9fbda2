import type postgres from 'postgres';
import type { DayLimit, LimitKind } from '#lib/admission/day-limits.ts';
import { type Granted, grant, openDay, returnGrant } from './day-rows.ts';

/** Nothing is held and the database can't be asked. */
export class QuotaUnknown extends Error {
  override name = 'QuotaUnknown';
}

type Clock = { nowMs(): number; day(): string };

/** Whose call it is: the limits that must all have room for it, in the order in which they refuse. */
type Holder = { readonly limits: readonly DayLimit[] };
type Taken =
  /** `limit` and `remaining` are those of the limit that has least left. */
  | { ok: true; limit: number; remaining: number; resetSeconds: number; day: string }
  | { ok: false; kind: LimitKind; limit: number; resetSeconds: number };

/** What this process holds of one limit's day. */
type Chunk = {
  /** In the order of their making. */
  readonly number: number;
  readonly limit: DayLimit;
  readonly day: string;
  /** Whether the day's row was made sure of. */
  opened: boolean;
  /** Calls that may still be taken. */
  left: number;
  /** Below this a refill begins ahead of need. */
  lowWater: number;
  /** What nobody had reserved when last asked. */
  unreserved: number;
  /** Calls taken, and when the rate was last read. */
  taken: number;
  ratedAt: number;
  /** Calls per ms: the highest of late, fading. */
  rate: number;
  usedAt: number;
  refill: Promise<void> | undefined;
  /** No use asking before then: the day was found used up. */
  deniedUntil: number;
};

const DAY_MS = 86_400_000;
/**
 * What is held should outlast an outage as long as a lease, even when calls come faster meanwhile: refills begin when
 * less than this much time is left at the present rate.
 */
const RESERVE_MS = 45_000;
const RATE_EVERY_MS = 1_000;
const CHUNK_MIN = 50;
const CHUNK_MAX = 1_000_000;
const DENIED_MS = 250;
const IDLE_MS = 60_000;
const TIMEOUT_MS = 2_000;
/** No chunk is made so late. */
const LATEST = Number.POSITIVE_INFINITY;

export type Quota = ReturnType<typeof openQuota>;

/**
 * Limits of the day, exact over any number of processes: each reserves chunks from the limit's row of the day and
 * hands them out from memory. The sum of the chunks never exceeds the limit; near the limit they shrink to 1. A call
 * is taken from all of its limits or from none. The day is the UTC date of the database's clock.
 */
export function openQuota({ sql, nodeId, clock }: { sql: postgres.Sql; nodeId: string; clock: Clock }) {
  const chunks = new Map<string, Chunk>();
  let made = 0;
  const returning = new Set<Promise<void>>();

  function take({ limits }: Holder): Taken | Promise<Taken> {
    const day = clock.day();
    for (const limit of limits) if (chunkOf(limit, day, LATEST).left <= 0) return slowTake(limits);
    return taken(limits, day, LATEST);
  }

  /** A limit that changes meanwhile holds for this call too: two calls that each put theirs back would never end. */
  async function slowTake(limits: readonly DayLimit[]): Promise<Taken> {
    const since = made;
    for (;;) {
      const day = clock.day();
      const empty = firstEmpty(limits, day, since);
      // Nothing is awaited from here on: what was found is still there.
      if (!empty) return taken(limits, day, since);
      if (performance.now() < empty.deniedUntil) {
        const { kind, requests } = empty.limit;
        return { ok: false, kind, limit: requests, resetSeconds: untilMidnight() };
      }
      await refill(empty);
    }
  }

  function firstEmpty(limits: readonly DayLimit[], day: string, since: number): Chunk | null {
    for (const limit of limits) {
      const chunk = chunkOf(limit, day, since);
      if (chunk.left <= 0) return chunk;
    }
    return null;
  }

  /** What is held for a limit; made anew where another limit held before, unless that one came after `since`. */
  function chunkOf(limit: DayLimit, day: string, since: number): Chunk {
    const known = chunks.get(limit.key);
    if (known && known.day === day && (isSame(known.limit, limit) || known.number > since)) return known;
    // A changed limit voids what is held: it may be more than is left. A past day is of no use to anybody.
    const now = performance.now();
    const fresh: Chunk = {
      number: ++made,
      limit,
      day,
      opened: false,
      left: 0,
      lowWater: 0,
      unreserved: 0,
      taken: 0,
      ratedAt: now,
      rate: 0,
      usedAt: now,
      refill: undefined,
      deniedUntil: 0,
    };
    chunks.set(limit.key, fresh);
    if (known) {
      // The first refill waits until the old chunk is back, or it would find the day fuller than it is.
      fresh.refill = giveUp(known)
        .catch(() => {})
        .finally(() => {
          fresh.refill = undefined;
        });
    }
    return fresh;
  }

  function taken(limits: readonly DayLimit[], day: string, since: number): Taken {
    const now = performance.now();
    let limit = 0;
    let remaining = Number.POSITIVE_INFINITY;
    for (const each of limits) {
      const chunk = chunkOf(each, day, since);
      chunk.left--;
      chunk.taken++;
      chunk.usedAt = now;
      refillAhead(chunk);
      if (chunk.left + chunk.unreserved > remaining) continue;
      remaining = chunk.left + chunk.unreserved;
      limit = chunk.limit.requests;
    }
    return { ok: true, limit, remaining, resetSeconds: untilMidnight(), day };
  }

  function refillAhead(chunk: Chunk): void {
    if (chunk.left < chunk.lowWater && chunk.unreserved > 0 && !chunk.refill) refill(chunk).catch(() => {});
  }

  function rate(chunk: Chunk): void {
    const now = performance.now();
    chunk.rate = Math.max(chunk.taken / Math.max(now - chunk.ratedAt, 50), chunk.rate * 0.8);
    chunk.taken = 0;
    chunk.ratedAt = now;
    chunk.lowWater = Math.max(CHUNK_MIN / 2, Math.ceil(chunk.rate * RESERVE_MS));
  }

  /** One refill at a time; whoever needs it waits for it. */
  function refill(chunk: Chunk): Promise<void> {
    chunk.refill ??= reserve(chunk).finally(() => {
      chunk.refill = undefined;
    });
    return chunk.refill;
  }

  async function reserve(chunk: Chunk): Promise<void> {
    rate(chunk);
    const wanted = Math.min(
      CHUNK_MAX,
      Math.max(CHUNK_MIN, Math.ceil(chunk.rate * RESERVE_MS * 2) - chunk.left),
    );
    const asked = ask(chunk, wanted);
    const { granted, reserved } = await within(TIMEOUT_MS, asked).catch((error: unknown) => {
      // An answer that comes after all finds nobody waiting: what it grants goes back.
      giveBackLater(asked.then((late) => returnGrant(sql, nodeId, dayOf(chunk), late.granted)));
      throw error;
    });
    chunk.left += granted;
    chunk.unreserved = Math.max(0, chunk.limit.requests - reserved);
    // Nothing more to ask for: a refill ahead of need would only repeat the answer.
    if (granted === 0) chunk.deniedUntil = performance.now() + DENIED_MS;
  }

  async function ask(chunk: Chunk, wanted: number): Promise<Granted> {
    for (;;) {
      if (!chunk.opened) await openDay(sql, dayOf(chunk));
      chunk.opened = true;
      const granted = await grant(sql, nodeId, dayOf(chunk), chunk.limit.requests, wanted);
      if (granted) return granted;
      chunk.opened = false;
    }
  }

  /** Returns what is left of a chunk to its day. */
  async function giveUp(chunk: Chunk): Promise<void> {
    await chunk.refill?.catch(() => {});
    const { left } = chunk;
    chunk.left = 0;
    if (left > 0) await returnGrant(sql, nodeId, dayOf(chunk), left);
  }

  /** What can't be returned stays reserved until this process's grants are settled. */
  function giveBackLater(work: Promise<void>): void {
    const returned = work.catch(() => {}).finally(() => returning.delete(returned));
    returning.add(returned);
  }

  const idle = setInterval(() => {
    const before = performance.now() - IDLE_MS;
    for (const [key, chunk] of chunks) {
      if (chunk.usedAt > before || chunk.refill) continue;
      chunks.delete(key);
      giveBackLater(giveUp(chunk));
    }
  }, IDLE_MS / 4);
  idle.unref();

  // A rate that has risen since the last refill shows here, before an outage can.
  const rating = setInterval(() => {
    for (const chunk of chunks.values()) {
      rate(chunk);
      if (chunk.rate > 0) refillAhead(chunk);
    }
  }, RATE_EVERY_MS);
  rating.unref();

  const untilMidnight = () => Math.max(1, Math.ceil((DAY_MS - (clock.nowMs() % DAY_MS)) / 1000));

  return {
    take,
    /** Takes back one call that never reached its upstream. */
    giveBack({ limits }: Holder, day: string): void {
      for (const limit of limits) {
        const chunk = chunks.get(limit.key);
        if (chunk?.day === day && isSame(chunk.limit, limit)) chunk.left++;
        else {
          // What it was taken from is gone: a chunk of another limit or day may hold less than this one more.
          giveBackLater(returnGrant(sql, nodeId, dayOf({ limit, day }), 1));
        }
      }
    },
    /** Returns all that is held. Call it when no call is under way. */
    async stop(): Promise<void> {
      clearInterval(idle);
      clearInterval(rating);
      await Promise.allSettled([...chunks.values()].map(giveUp));
      while (returning.size > 0) await Promise.all(returning);
      chunks.clear();
    },
  };
}

const isSame = (one: DayLimit, other: DayLimit) =>
  one === other || (one.requests === other.requests && one.subjectId === other.subjectId);

const dayOf = ({ limit, day }: Pick<Chunk, 'limit' | 'day'>) => ({
  kind: limit.kind,
  subjectId: limit.subjectId,
  day,
});

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new QuotaUnknown(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } catch (cause) {
    throw cause instanceof QuotaUnknown ? cause : new QuotaUnknown('the quota can not be read', { cause });
  } finally {
    clearTimeout(timer);
    work.catch(() => {}); // Given up on; nobody waits for it any more.
  }
}
