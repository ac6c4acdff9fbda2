import type postgres from 'postgres';

/** Nothing is held and the database can't be asked. */
export class QuotaUnknown extends Error {
  override name = 'QuotaUnknown';
}

export type Clock = { nowMs(): number; day(): string };

type Holder = { readonly teamId: string; readonly dailyQuota: number };
type Taken =
  | { ok: true; limit: number; remaining: number; resetSeconds: number; day: string }
  | { ok: false; limit: number; resetSeconds: number };

/** What this process holds of one team's day. */
type Chunk = {
  readonly teamId: string;
  readonly day: string;
  readonly limit: number;
  /** Calls that may still be taken. */
  left: number;
  /** Below this a refill begins ahead of need. */
  lowWater: number;
  /** What the team had not reserved when last asked. */
  unreserved: number;
  /** Calls taken, and when the rate was last read. */
  taken: number;
  ratedAt: number;
  /** Calls per ms: the highest of late, fading. */
  rate: number;
  usedAt: number;
  refill: Promise<void> | undefined;
  /** No use asking before then: the team's day was found used up. */
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

export type Quota = ReturnType<typeof openQuota>;

/**
 * A team's daily quota, exact over any number of processes: each reserves chunks from the team's row of the day
 * and hands them out from memory. The sum of the chunks never exceeds the limit; near the limit they shrink to 1.
 * The day is the UTC date of the database's clock.
 */
export function openQuota({ sql, nodeId, clock }: { sql: postgres.Sql; nodeId: string; clock: Clock }) {
  const chunks = new Map<string, Chunk>();

  function take(holder: Holder): Taken | Promise<Taken> {
    const chunk = chunkOf(holder);
    return chunk.left > 0 ? taken(chunk) : slowTake(holder);
  }

  async function slowTake(holder: Holder): Promise<Taken> {
    for (;;) {
      const chunk = chunkOf(holder);
      if (chunk.left > 0) return taken(chunk);
      if (performance.now() < chunk.deniedUntil)
        return { ok: false, limit: chunk.limit, resetSeconds: untilMidnight() };
      await refill(chunk);
    }
  }

  function chunkOf(holder: Holder): Chunk {
    const day = clock.day();
    const known = chunks.get(holder.teamId);
    if (known && known.day === day && known.limit === holder.dailyQuota) return known;
    // A changed limit voids what is held: it may be more than is left. A past day is of no use to anybody.
    const now = performance.now();
    const fresh: Chunk = {
      teamId: holder.teamId,
      day,
      limit: holder.dailyQuota,
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
    chunks.set(holder.teamId, fresh);
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

  function taken(chunk: Chunk): Taken {
    chunk.left--;
    chunk.taken++;
    chunk.usedAt = performance.now();
    refillAhead(chunk);
    return {
      ok: true,
      limit: chunk.limit,
      remaining: chunk.left + chunk.unreserved,
      resetSeconds: untilMidnight(),
      day: chunk.day,
    };
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
    const { granted, reserved } = await within(TIMEOUT_MS, grant(chunk, wanted));
    chunk.left += granted;
    chunk.unreserved = Math.max(0, chunk.limit - reserved);
    // Nothing more to ask for: a refill ahead of need would only repeat the answer.
    if (granted === 0) chunk.deniedUntil = performance.now() + DENIED_MS;
  }

  /** A tenth of what is left of the day at most: the last calls go to whichever process asks for them. */
  async function grant(chunk: Chunk, wanted: number): Promise<{ granted: number; reserved: number }> {
    return sql.begin(async (tx) => {
      // Also locks the row until the commit.
      const [day] = await tx<{ reserved: number }[]>`
        insert into quota_days (kind, subject_id, day, reserved) values ('team', ${chunk.teamId}, ${chunk.day}, 0)
        on conflict (kind, subject_id, day) do update set reserved = quota_days.reserved returning reserved`;
      const reserved = day!.reserved;
      const free = chunk.limit - reserved;
      if (free <= 0) return { granted: 0, reserved };
      const granted = Math.min(wanted, free, Math.max(1, Math.floor(free / 10)));
      await tx`update quota_days set reserved = reserved + ${granted} where kind = 'team' and subject_id = ${chunk.teamId} and day = ${chunk.day}`;
      await tx`
        insert into quota_grants (node_id, kind, subject_id, day, granted) values (${nodeId}, 'team', ${chunk.teamId}, ${chunk.day}, ${granted})
        on conflict (node_id, kind, subject_id, day) do update set granted = quota_grants.granted + excluded.granted`;
      return { granted, reserved: reserved + granted };
    });
  }

  /** Returns what is left of a chunk to the team's day. */
  async function giveUp(chunk: Chunk): Promise<void> {
    await chunk.refill?.catch(() => {});
    const { left, teamId, day } = chunk;
    chunk.left = 0;
    if (left > 0) await returnGrant(sql, { nodeId, teamId, day }, left);
  }

  const idle = setInterval(() => {
    const before = performance.now() - IDLE_MS;
    for (const [teamId, chunk] of chunks) {
      if (chunk.usedAt > before || chunk.refill) continue;
      chunks.delete(teamId);
      giveUp(chunk).catch(() => {});
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
    giveBack(holder: Holder, day: string): void {
      const chunk = chunks.get(holder.teamId);
      if (chunk?.day !== day || chunk.limit !== holder.dailyQuota) return;
      chunk.left++;
    },
    /** Returns all that is held. Call it when no call is under way. */
    async stop(): Promise<void> {
      clearInterval(idle);
      clearInterval(rating);
      await Promise.allSettled([...chunks.values()].map(giveUp));
      chunks.clear();
    },
  };
}

type Grant = { nodeId: string; teamId: string; day: string };

async function returnGrant(sql: postgres.Sql, grant: Grant, unused: number): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`update quota_days set reserved = greatest(0, reserved - ${unused}) where kind = 'team' and subject_id = ${grant.teamId} and day = ${grant.day}`;
    await tx`
      update quota_grants set returned = least(granted, returned + ${unused})
      where node_id = ${grant.nodeId} and kind = 'team' and subject_id = ${grant.teamId} and day = ${grant.day}`;
  });
}

/**
 * Returns what a dead process held and did not use, once its calls are all on record: what it used is what counted.
 * Settling twice changes nothing.
 */
export async function settleGrants(sql: postgres.Sql, nodeId: string): Promise<void> {
  const open = await sql<{ team_id: string; day: string }[]>`
    update quota_grants set settled_at = now() where node_id = ${nodeId} and settled_at is null
    returning subject_id as team_id, day::text as day`;
  for (const { team_id: teamId, day } of open) {
    const [row] = await sql<{ unused: number }[]>`
      select greatest(0, g.granted - g.returned - count(r.id))::int as unused
      from quota_grants g
      left join usage_records r on r.node_id = g.node_id and r.team_id = g.subject_id and r.day = g.day and r.counted
      where g.node_id = ${nodeId} and g.kind = 'team' and g.subject_id = ${teamId} and g.day = ${day}
      group by g.granted, g.returned`;
    if (row && row.unused > 0) await returnGrant(sql, { nodeId, teamId, day }, row.unused);
  }
}

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
