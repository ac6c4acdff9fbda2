import { sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { firstIdAt, timeOfId } from '#lib/metering/id-time.ts';
import type { LogFilter } from './log-filter.ts';
import { planSearch } from './plan-search.ts';
import { type LoggedRequest, readRows } from './request-rows.ts';

/**
 * Ids are made at admission, and rows arrive later and not in their order: half a second as a rule, half a minute where
 * a busy process spreads its writes. So a look goes back so far behind the newest row, and what was seen is left out.
 */
export const OVERLAP_MS = 45_000;
/** What came in while nobody looked is not told in full. */
const CATCH_UP_MS = 5 * 60_000;
/** Rows at once: what a person can read in a second, and what can be counted cheaply. */
const SHOWN_MAX = 20;
const LOOKED_AT_MAX = 2_000;

type Tail = {
  /** Where it began: what is older than this may be told, and does not count as more. */
  readonly begun: string;
  /** The newest id so far. */
  newest: string | null;
  /** What was seen of late, with what became of it by then: a row is told again when its call ends. */
  readonly seen: Map<string, string>;
  /** Rows up to here are done with: there were too many to look at. */
  floor: string;
};

export type TailBatch = {
  /** New rows, and known ones that ended, the newest first. */
  requests: LoggedRequest[];
  /** New rows that are not among them. */
  more: number;
  /** Whether there were too many to count them all. */
  uncounted: boolean;
};

/** A tail that goes on after a row, or begins now. */
export const beginTail = (after: string | null = null, nowMs = Date.now()): Tail => ({
  begun: after ?? firstIdAt(nowMs),
  newest: after,
  seen: new Map(),
  floor: '',
});

/** What has come in that fits the filter since the tail was last looked at. Times and pages of the filter do not count. */
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
  // The time is short, so all parts are looked at as they are.
  const rows = await db.execute<{ id: string; outcome: string }>(sql`
    select r.id, r.outcome from usage_records r where ${sql.join([plan.where, ...plan.checks], sql` and `)}
    order by r.id desc limit ${LOOKED_AT_MAX}`);

  const fresh = rows.filter(({ id }) => !tail.seen.has(id));
  const ended = rows.filter(({ id, outcome }) => tail.seen.get(id) === 'open' && outcome !== 'open');
  const shown = fresh.slice(0, SHOWN_MAX);
  for (const { id, outcome } of rows) tail.seen.set(id, outcome);
  if (rows.length === LOOKED_AT_MAX) tail.floor = rows.at(-1)!.id;
  for (const id of tail.seen.keys()) if (id <= after || id < tail.floor) tail.seen.delete(id);
  if (rows[0] && (tail.newest === null || rows[0].id > tail.newest)) tail.newest = rows[0].id;
  const ids = [...shown, ...ended.slice(0, SHOWN_MAX)].map(({ id }) => id);
  return {
    requests: await readRows(db, member, ids),
    more: fresh.slice(SHOWN_MAX).filter(({ id }) => id > tail.begun).length,
    uncounted: fresh.length === LOOKED_AT_MAX,
  };
}
