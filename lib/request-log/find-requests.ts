import { performance } from 'node:perf_hooks';
import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { timeOfId } from '#lib/metering/id-time.ts';
import type { LogFilter } from './log-filter.ts';
import { type Plan, planSearch } from './plan-search.ts';

type SearchLimits = {
  limit: number;
  /** A search that an index can't answer alone looks at rows for so long, and then says how far it got. */
  budgetMs: number;
  nowMs?: number;
};

type FoundIds = {
  /** In the order of the search: newest first, or oldest first when it looks forward (`after`). */
  ids: string[];
  /** The last id it looked at, when it stopped before the end of what was asked for. */
  stoppedAt: string | null;
};

const FIRST_CHUNK = 2_000;
const CHUNK_MAX = 50_000;

/** The ids of the requests that fit a filter. What a member may not see does not fit. */
export async function findRequests(
  db: Queryable,
  member: Member,
  filter: LogFilter,
  { limit, budgetMs, nowMs = Date.now() }: SearchLimits,
): Promise<FoundIds> {
  const began = performance.now();
  const plan = await planSearch({ db, member, filter, nowMs });
  if (!plan) return { ids: [], stoppedAt: null };
  return db.transaction(async (tx) => {
    await tx.execute(IN_ORDER);
    const ids: string[] = [];
    for (const stretch of stretchesOf(plan)) {
      const found = await search(tx, stretch, { limit: limit - ids.length, budgetMs, began });
      ids.push(...found.ids);
      if (found.stoppedAt || ids.length >= limit) return { ids, stoppedAt: found.stoppedAt };
    }
    return { ids, stoppedAt: null };
  });
}

/** A plan's days with its index and those without, in the order of the search. */
function stretchesOf(plan: Plan): Plan[] {
  const { indexedUntil } = plan;
  if (!indexedUntil) return [plan];
  const rest = sql.join([...plan.checks], sql` and `);
  const open = { ...plan, where: sql`${plan.scope} and r.id >= ${indexedUntil}::uuid`, branches: null, rest };
  const closed = { ...plan, where: sql`${plan.where} and r.id < ${indexedUntil}::uuid` };
  return plan.forward ? [closed, open] : [open, closed];
}

/**
 * PostgreSQL takes a team and its keys for independent, expects few rows, and would gather and sort all of a month's. Told
 * to read in the order of the index it stops at the first page, also where it misjudges.
 */
const IN_ORDER = sql`select set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true), set_config('jit', 'off', true)`;

async function search(
  db: Queryable,
  plan: Plan,
  { limit, budgetMs, began }: { limit: number; budgetMs: number; began: number },
): Promise<FoundIds> {
  if (!plan.rest) return { ids: await takeFirst(db, plan, limit), stoppedAt: null };
  const ids: string[] = [];
  let from: string | undefined;
  for (let rows = FIRST_CHUNK; ; ) {
    const chunkBegan = performance.now();
    const chunk = await scan(db, plan, plan.rest, { rows, from, limit: limit - ids.length });
    ids.push(...chunk.ids);
    if (ids.length >= limit || chunk.scanned < rows) return { ids, stoppedAt: null };
    from = chunk.last;
    const left = budgetMs - (performance.now() - began);
    const rowsPerMs = rows / Math.max(0.1, performance.now() - chunkBegan);
    // A chunk that would end late is not begun: one more of a quarter of this size has to fit.
    rows = Math.min(CHUNK_MAX, Math.max(500, Math.floor(rowsPerMs * Math.min(left, budgetMs) * 0.6)));
    if (left <= 0 || (rows === 500 && rowsPerMs * left < 500)) return { ids, stoppedAt: from };
  }
}

async function takeFirst(db: Queryable, plan: Plan, limit: number): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(source(plan, sql`r.id`, limit, undefined));
  return rows.map(({ id }) => id);
}

/** Looks at so many rows of a source, and keeps those that fit the rest of the filter. */
async function scan(
  db: Queryable,
  plan: Plan,
  rest: SQL,
  { rows, from, limit }: { rows: number; from: string | undefined; limit: number },
): Promise<{ scanned: number; ids: string[]; last: string }> {
  const order = plan.forward ? sql`asc` : sql`desc`;
  const [row] = await db.execute<{ scanned: number; ids: string[] | null; last: string }>(sql`
    with scanned as materialized (${source(plan, sql`r.id, (${rest}) as fits`, rows, from)})
    select count(*)::int as scanned, (array_agg(id::text order by id ${plan.forward ? sql`desc` : sql`asc`}))[1] as last,
      (select array_agg(id::text) from (select id from scanned where fits order by id ${order} limit ${limit}) f) as ids
    from scanned`);
  return { scanned: row!.scanned, last: row!.last, ids: row!.ids ?? [] };
}

/** Rows by an index that holds them in the order of their ids; of several values, so many of each, merged. */
function source(plan: Plan, columns: SQL, limit: number, from: string | undefined): SQL {
  const order = plan.forward ? sql`asc` : sql`desc`;
  const further =
    from === undefined ? sql`` : plan.forward ? sql`and r.id > ${from}::uuid` : sql`and r.id < ${from}::uuid`;
  if (!plan.branches) {
    return sql`select ${columns} from usage_records r where ${plan.where} ${further} order by r.id ${order} limit ${limit}`;
  }
  const { column, values, type, also } = plan.branches;
  const list = sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  );
  return sql`select b.* from unnest(array[${list}]::${sql.raw(type)}[]) as v(value) cross join lateral (
      select ${columns} from usage_records r where ${plan.where} and r.${sql.raw(column)} = v.value
        ${also ? sql`and ${sql.raw(also)}` : sql``} ${further}
      order by r.id ${order} limit ${limit}) b order by b.id ${order} limit ${limit}`;
}

/** The moment a search got to. */
export const searchedTo = ({ stoppedAt }: FoundIds): Date | null =>
  stoppedAt === null ? null : new Date(timeOfId(stoppedAt));
