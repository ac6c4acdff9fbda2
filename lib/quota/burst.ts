import type { Presence, Serving } from './presence.ts';

type Holder = {
  readonly teamId: string;
  readonly burstRequests: number;
  readonly burstWindowSeconds: number;
};

type Taken = {
  readonly ok: boolean;
  readonly requests: number;
  readonly windowSeconds: number;
  /** Requests that this process would accept right now. */
  readonly remaining: number;
  /** Seconds until the whole limit is available again. */
  readonly resetSeconds: number;
  /** Seconds until the next request is accepted; 0 if it would be accepted now. */
  readonly retryAfterSeconds: number;
};

/** A team's recent requests, as a leaky bucket. */
type Bucket = {
  readonly serving: Serving;
  /** Requests that have not drained yet. */
  level: number;
  at: number;
  emptyAt: number;
  /** This process's share of the limit, and how long that share is cached. */
  fraction: number;
  fractionUntil: number;
};

const FRACTION_MS = 100;
const IDLE_MS = 10_000;
/** Sums of fractions differ from whole numbers by less than this. */
const ROUNDING = 1e-6;

/**
 * A team's burst limit: this many requests at once, and from then on as many as drain within the window (the generic cell
 * rate algorithm, ITU-T I.371). It is kept in memory and divided among the processes that serve the team: `presence.ts`
 * explains how they know of each other, and how much the sum can exceed the limit meanwhile. Every process admits at least
 * one request, so a limit below the number of processes only limits the rate.
 */
export function openBurst({
  presence,
  nowMs = () => performance.now(),
}: {
  presence: Presence;
  nowMs?: () => number;
}) {
  const buckets = new Map<string, Bucket>();

  function take({ teamId, burstRequests, burstWindowSeconds }: Holder): Taken {
    const now = nowMs();
    const bucket = buckets.get(teamId) ?? begin(teamId, now);
    presence.used(bucket.serving, now);
    if (now >= bucket.fractionUntil) {
      bucket.fraction = presence.fractionOf(bucket.serving);
      bucket.fractionUntil = now + FRACTION_MS;
    }
    const share = burstRequests * bucket.fraction;
    const perMs = share / (burstWindowSeconds * 1_000);
    bucket.level = Math.max(0, bucket.level - (now - bucket.at) * perMs);
    bucket.at = now;
    const room = Math.max(1, share) - bucket.level;
    const ok = room >= 1 - ROUNDING;
    if (ok) bucket.level += 1;
    const emptyMs = bucket.level / perMs;
    bucket.emptyAt = now + emptyMs;
    return {
      ok,
      requests: burstRequests,
      windowSeconds: burstWindowSeconds,
      remaining: ok ? Math.floor(room - 1 + ROUNDING) : 0,
      resetSeconds: Math.ceil(emptyMs / 1_000),
      retryAfterSeconds: ok ? 0 : Math.max(1, Math.ceil((1 - room) / perMs / 1_000)),
    };
  }

  function begin(teamId: string, now: number): Bucket {
    const bucket = {
      serving: presence.begin(teamId),
      level: 0,
      at: now,
      emptyAt: now,
      fraction: 1,
      fractionUntil: 0,
    };
    buckets.set(teamId, bucket);
    return bucket;
  }

  const sweep = setInterval(() => {
    for (const [teamId, bucket] of buckets) {
      if (Math.max(bucket.at, bucket.emptyAt) > nowMs() - IDLE_MS) continue;
      buckets.delete(teamId);
      presence.end(bucket.serving);
    }
  }, IDLE_MS);
  sweep.unref();

  return { take, stop: () => clearInterval(sweep) };
}
