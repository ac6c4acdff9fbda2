import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { firstIdAt, timeOfId } from '#lib/metering/id-time.ts';
import type { LogFilter } from './log-filter.ts';
import { planSearch } from './plan-search.ts';
import { readRequests } from './request-rows.ts';
import type { TailBatch } from './types.ts';

/**
 * IDs are created at admission, but rows arrive later and out of order: usually within half a second, up to half a
 * minute from a busy process. Each poll therefore goes back this far behind the newest row and skips known rows.
 */
export const OVERLAP_MS = 45_000;
/** After a longer gap, older requests are skipped. */
const CATCH_UP_MS = 5 * 60_000;
/** Rows per poll: what a person can read in a second, and what is cheap to count. */
const SHOWN_MAX = 20;
const SCANNED_MAX = 2_000;

type Tail = {
  /** Where the tail started. Older rows may be shown, but don't count as `more`. */
  readonly begun: string;
  /** The newest ID so far. */
  newest: string | null;
  /** Recent rows with their outcome. A row is sent again when its request finishes. */
  readonly seen: Map<string, string>;
  /** Rows up to this ID are skipped, because there were too many to scan. */
  floor: string;
};

/** Starts a tail after a row, or now. */
export const beginTail = (after: string | null = null, nowMs = Date.now()): Tail => ({
  begun: after ?? firstIdAt(nowMs),
  newest: after,
  seen: new Map(),
  floor: '',
});

/** The requests that match the filter and arrived since the last poll. The time range and cursor of the filter are ignored. */
export async function tailRequests(
  { db, member }: { db: Queryable; member: Member },
  { from: _, to: __, before: ___, after: ____, ...filter }: LogFilter,
  tail: Tail,
  nowMs = Date.now(),
): Promise<TailBatch> {
  authorize(member, 'usage.view.own');
  const newestMs = tail.newest === null ? nowMs : timeOfId(tail.newest);
  const sinceMs = Math.max(Math.min(newestMs, nowMs) - OVERLAP_MS, nowMs - CATCH_UP_MS);
  const since = firstIdAt(sinceMs);
  const after = since > tail.floor ? since : tail.floor;
  const plan = await planSearch({ db, member, filter: { ...filter, after }, nowMs });
  if (!plan) return { requests: [], more: 0, uncounted: false };
  // The time range is short, so every part of the filter is checked row by row.
  const rows = await db.execute<{ id: string; outcome: string }>(sql`
    select r.id, r.outcome from usage_records r where ${sql.join([plan.where, ...plan.checks], sql` and `)}
    order by r.id desc limit ${SCANNED_MAX}`);

  const fresh = rows.filter(({ id }) => !tail.seen.has(id));
  const ended = rows.filter(({ id, outcome }) => tail.seen.get(id) === 'open' && outcome !== 'open');
  const shown = fresh.slice(0, SHOWN_MAX);
  for (const { id, outcome } of rows) tail.seen.set(id, outcome);
  if (rows.length === SCANNED_MAX) tail.floor = rows.at(-1)!.id;
  for (const id of tail.seen.keys()) if (id <= after || id < tail.floor) tail.seen.delete(id);
  if (rows[0] && (tail.newest === null || rows[0].id > tail.newest)) tail.newest = rows[0].id;
  const ids = [...shown, ...ended.slice(0, SHOWN_MAX)].map(({ id }) => id);
  return {
    requests: await readRequests(db, member, ids),
    more: fresh.slice(SHOWN_MAX).filter(({ id }) => id > tail.begun).length,
    uncounted: fresh.length === SCANNED_MAX,
  };
}
