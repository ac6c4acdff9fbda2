import { performance } from 'node:perf_hooks';
import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { timeOfId } from '#lib/metering/id-time.ts';
import type { LogFilter } from './log-filter.ts';
import { type Plan, planSearch } from './plan-search.ts';

type SearchLimits = {
  limit: number;
  /** How long to scan rows when no index answers the whole filter. After that, `stoppedAt` says how far it got. */
  budgetMs: number;
  nowMs?: number;
};

type FoundIds = {
  /** Newest first, or oldest first when the filter has `after`. */
  ids: string[];
  /** The last ID scanned, if the time budget ran out. */
  stoppedAt: string | null;
};

const FIRST_CHUNK = 2_000;
const CHUNK_MAX = 50_000;

/** The IDs of the requests that match a filter and that the member can see. */
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
    await tx.execute(READ_IN_INDEX_ORDER);
    const ids: string[] = [];
    for (const part of splitByIndex(plan)) {
      const found = await search(tx, part, { limit: limit - ids.length, budgetMs, began });
      ids.push(...found.ids);
      if (found.stoppedAt || ids.length >= limit) return { ids, stoppedAt: found.stoppedAt };
    }
    return { ids, stoppedAt: null };
  });
}

/** Splits a plan into the days that have its index and those that don't, in search order. */
function splitByIndex(plan: Plan): Plan[] {
  const { indexedUntil } = plan;
  if (!indexedUntil) return [plan];
  const rest = sql.join([...plan.checks], sql` and `);
  const open = { ...plan, where: sql`${plan.scope} and r.id >= ${indexedUntil}::uuid`, branches: null, rest };
  const closed = { ...plan, where: sql`${plan.where} and r.id < ${indexedUntil}::uuid` };
  return plan.forward ? [closed, open] : [open, closed];
}

/**
 * PostgreSQL underestimates the rows of a team's key, and would collect and sort a whole month. Reading in index order
 * stops after the first page even when the estimate is wrong.
 */
const READ_IN_INDEX_ORDER = sql`select set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true), set_config('jit', 'off', true)`;

async function search(
  db: Queryable,
  plan: Plan,
  { limit, budgetMs, began }: { limit: number; budgetMs: number; began: number },
): Promise<FoundIds> {
  if (!plan.rest) return { ids: await readFirst(db, plan, limit), stoppedAt: null };
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
    // Size the next chunk so that it finishes within the remaining budget.
    rows = Math.min(CHUNK_MAX, Math.max(500, Math.floor(rowsPerMs * Math.min(left, budgetMs) * 0.6)));
    if (left <= 0 || (rows === 500 && rowsPerMs * left < 500)) return { ids, stoppedAt: from };
  }
}

async function readFirst(db: Queryable, plan: Plan, limit: number): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(source(plan, sql`r.id`, limit, undefined));
  return rows.map(({ id }) => id);
}

/** Scans up to `rows` rows, and keeps those that match the rest of the filter. */
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

/** Rows in ID order from an index. With several indexed values, up to `limit` rows of each are merged. */
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

/** How far back (or forward) a search got; null if it finished. */
export const searchedTo = ({ stoppedAt }: FoundIds): Date | null =>
  stoppedAt === null ? null : new Date(timeOfId(stoppedAt));
