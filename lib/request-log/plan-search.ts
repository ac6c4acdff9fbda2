import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import type { Member } from '#lib/access/member.ts';
import { firstIdAt } from '#lib/metering/id-time.ts';
import { type LogFilter, timeRange } from './log-filter.ts';
import { ownRequestsOnly, visibleTo } from './visibility.ts';

/** How to find rows: one index leads, the rest of the filter is checked row by row. `r` is usage_records. */
export type Plan = {
  forward: boolean;
  /** Visibility, time range and cursor: part of every search. */
  scope: SQL;
  /** The scope and the part that the index answers. */
  where: SQL;
  branches: Branches | null;
  rest: SQL | null;
  /** Every part as a condition on a row, for searches over few rows. */
  checks: readonly SQL[];
  /** The first ID of the days that may not have the index yet (CLOSED_DAY_INDEXES). Rows of those days are scanned. */
  indexedUntil: string | null;
};
/** Values of an indexed column. Each is looked up separately. */
type Branches = {
  column: string;
  type: string;
  values: readonly (string | number)[];
  /** The condition of a partial index. */
  also?: string;
};
/**
 * One part of a filter: a condition on a row, whether and how an index answers it, and whether only past days have that
 * index. Null if nothing can match.
 */
type Part = { check: SQL; lead: boolean | Branches; onClosedDays?: true } | null;
type Search = { db: Queryable; member: Member; filter: LogFilter; nowMs: number };

/** With more addresses or keys than this, scanning rows is faster. */
const BRANCHES_MAX = 200;
/** Up to this many keys, looking up each is faster than scanning a day. */
const KEYS_FEW = 20;
/** Client addresses of a team that are searched for a CIDR range. */
const CLIENTS_MAX = 100_000;
const DAY_MS = 86_400_000;
/** How long after its end a day has its indexes: the job runs hourly and skips the first hour. */
const INDEXED_AFTER_MS = 3 * 3_600_000;

/** Plans the search for a filter: the first part with an index leads. Null if nothing can match. */
export async function planSearch(search: Search): Promise<Plan | null> {
  const { filter } = search;
  const parts: NonNullable<Part>[] = [];
  for (const partOf of PARTS) {
    const part = await partOf(search);
    if (part === null) return null;
    if (part) parts.push(part);
  }
  const lead = parts.find((part) => part.lead);
  const branches = typeof lead?.lead === 'object' ? lead.lead : null;
  const rest = parts.filter((part) => part !== lead).map(({ check }) => check);
  const scope = sql.join(scopeOf(search), sql` and `);
  return {
    forward: filter.after !== undefined,
    scope,
    where: lead && !branches ? sql`${scope} and ${lead.check}` : scope,
    branches,
    rest: rest.length > 0 ? sql.join(rest, sql` and `) : null,
    checks: parts.map(({ check }) => check),
    indexedUntil: lead?.onClosedDays ? firstIdAt(closedUntil(search.nowMs)) : null,
  };
}

const closedUntil = (nowMs: number): number => Math.floor((nowMs - INDEXED_AFTER_MS) / DAY_MS) * DAY_MS;

/** The conditions of every search: visibility, time range and cursor. */
function scopeOf({ member, filter, nowMs }: Omit<Search, 'db'>): SQL[] {
  const { fromMs, toMs } = timeRange(filter, nowMs);
  const scope = [visibleTo(member, sql`r`)];
  if (fromMs !== undefined) scope.push(sql`r.id >= ${firstIdAt(fromMs)}::uuid`);
  if (toMs !== undefined) scope.push(sql`r.id < ${firstIdAt(toMs)}::uuid`);
  if (filter.before) scope.push(sql`r.id < ${filter.before}::uuid`);
  if (filter.after) scope.push(sql`r.id > ${filter.after}::uuid`);
  return scope;
}

type PartOf = (search: Search) => Part | undefined | Promise<Part | undefined>;

/** The part for one filter, if it is set. */
const of =
  <Name extends keyof LogFilter>(
    name: Name,
    partOf: (value: NonNullable<LogFilter[Name]>, search: Search) => Part | Promise<Part>,
  ): PartOf =>
  (search) => {
    const value = search.filter[name];
    return value ? partOf(value, search) : undefined;
  };

/**
 * The parts, most selective first, because the first one with an index leads. Values of closed sets are literals, not
 * parameters: only then does PostgreSQL see that they imply the condition of a partial index.
 */
const PARTS: readonly PartOf[] = [
  of('id', (id) => ({ check: sql`r.id = ${id}::uuid`, lead: true })),
  of('reason', (reason) => ({ check: sql`r.reason = ${reason}`, lead: true })),
  of('outcome', (outcome) => ({
    check: sql`r.outcome = ${literal(outcome)}`,
    lead: outcome !== 'answered',
  })),
  of('status', statusPart),
  of('ip', (ip, search) =>
    ip.includes('/')
      ? networkPart(ip, search)
      : { check: sql`r.client_ip = ${ip}`, lead: true, onClosedDays: true },
  ),
  of('key', keyPart),
  of('endpoint', (endpoint) => ({
    check: sql`r.endpoint_id = ${endpoint}::uuid`,
    lead: true,
    onClosedDays: true,
  })),
  of('method', (method) => ({
    check: sql`r.method = ${literal(method)}`,
    lead: method !== 'GET',
    onClosedDays: true,
  })),
  of('member', memberPart),
  of('app', appPart),
  of('environment', environmentPart),
  of('via', (via) => ({ check: sql`r.via = ${literal(via)}`, lead: false })),
  of('path', (path) => ({
    check: sql`r.path ilike ${`%${path.replace(/[\\%_]/g, '\\$&')}%`}`,
    lead: false,
  })),
  // The scope already limits members to their own keys; this part lets an index find those.
  (search) => (ownRequestsOnly(search.member) ? memberPart(search.member.memberId, search) : undefined),
];

/** A value of a closed set as an SQL literal. */
const literal = (text: string) => sql.raw(`'${text.replaceAll("'", "''")}'`);

function statusPart(status: NonNullable<LogFilter['status']>): Part {
  if (status === 'refused') return { check: sql`r.outcome = 'refused'`, lead: true };
  if (status === 'failed') {
    return {
      check: sql`r.outcome in ('aborted', 'unknown')`,
      lead: {
        column: 'outcome',
        type: 'usage_outcome',
        values: ['aborted', 'unknown'],
        also: `r.outcome <> 'answered'`,
      },
    };
  }
  const number = Number.parseInt(status, 10);
  if (!status.endsWith('xx'))
    return { check: sql`r.status = ${literal(status)}::smallint`, lead: number >= 300 };
  const check = sql`r.status between ${literal(`${number}00`)}::smallint and ${literal(`${number}99`)}::smallint`;
  const values = Array.from({ length: 100 }, (_, last) => number * 100 + last);
  return {
    check,
    lead: number >= 3 && { column: 'status', type: 'smallint', values, also: 'r.status >= 300' },
  };
}

/** A CIDR range: up to BRANCHES_MAX client addresses in it are looked up by index; with more, rows are scanned. */
async function networkPart(network: string, { db, member, filter, nowMs }: Search): Promise<Part> {
  const { fromMs, toMs } = timeRange(filter, nowMs);
  // Clients are stored per quota day, which may differ from the day of the request: one extra day on both sides.
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const [seen] = await db.execute<{ looked: number; addresses: string[] }>(sql`
    with c as materialized (
      select client_ip from usage_clients c where c.team_id = ${member.teamId}::uuid
        ${fromMs === undefined ? sql`` : sql`and c.day >= ${day(fromMs - DAY_MS)}::date`}
        ${toMs === undefined ? sql`` : sql`and c.day <= ${day(toMs + DAY_MS)}::date`}
      limit ${CLIENTS_MAX}
    )
    select (select count(*)::int from c) as looked,
      array(select distinct client_ip from c where ${inNetwork(sql`c.client_ip`, network)} limit ${BRANCHES_MAX + 1}) as addresses`);
  const { looked, addresses } = seen!;
  const check = inNetwork(sql`r.client_ip`, network);
  if (looked === CLIENTS_MAX || addresses.length > BRANCHES_MAX) return { check, lead: false };
  if (addresses.length === 0) return null;
  return { check, lead: { column: 'client_ip', type: 'text', values: addresses }, onClosedDays: true };
}

/** Unknown addresses are empty, and `inet` rejects addresses with a zone: both are excluded before the cast. */
const inNetwork = (column: SQL, network: string) =>
  sql`(${column} like ${`${commonPrefix(network)}%`} and case when ${column} ~ '^[0-9a-f.:]+$' then ${column}::inet <<= ${network}::inet else false end)`;

/** The text that every address of an IPv4 range starts with. Comparing it first is faster than parsing each address. */
function commonPrefix(network: string): string {
  const [address = '', bits] = network.split('/');
  if (address.includes(':')) return '';
  return address
    .split('.')
    .slice(0, Math.floor(Number(bits) / 8))
    .map((octet, i) => (i < 3 ? `${octet}.` : octet))
    .join('');
}

async function keyPart(keyId: string, { db, member }: Search): Promise<Part> {
  const [row] = await db
    .select({ id: credentials.id })
    .from(credentials)
    .where(and(eq(credentials.teamId, member.teamId), eq(credentials.keyId, keyId)));
  return row ? { check: sql`r.credential_id = ${row.id}::uuid`, lead: true } : null;
}

async function appPart(publicId: string, { db, member }: Search): Promise<Part> {
  const [row] = await db
    .select({ id: applications.id })
    .from(applications)
    .where(and(eq(applications.teamId, member.teamId), eq(applications.publicId, publicId)));
  return row
    ? ofKeys(eq(credentials.applicationId, row.id), sql`r.application_id = ${row.id}::uuid`, { db, member })
    : null;
}

function memberPart(memberId: string, search: Pick<Search, 'db' | 'member'>): Promise<Part> {
  return ofKeys(eq(credentials.memberId, memberId), sql`r.member_id = ${memberId}::uuid`, search);
}

/** Requests of some of the team's keys: few keys are looked up one by one, many use the index of past days. */
async function ofKeys(whose: SQL, check: SQL, { db, member }: Pick<Search, 'db' | 'member'>): Promise<Part> {
  const rows = await db
    .select({ id: credentials.id })
    .from(credentials)
    .where(and(eq(credentials.teamId, member.teamId), whose))
    .limit(KEYS_FEW + 1);
  if (rows.length === 0) return null;
  if (rows.length > KEYS_FEW) return { check, lead: true, onClosedDays: true };
  return { check, lead: { column: 'credential_id', type: 'uuid', values: rows.map(({ id }) => id) } };
}

/** A key never changes its environment, so the filter matches the environment's keys. */
async function environmentPart(
  environment: NonNullable<LogFilter['environment']>,
  { db, member }: Search,
): Promise<Part> {
  const rows = await db
    .select({ id: credentials.id })
    .from(credentials)
    .where(and(eq(credentials.teamId, member.teamId), eq(credentials.environment, environment)))
    .limit(BRANCHES_MAX + 1);
  const check = sql`r.environment = ${literal(environment)}`;
  if (rows.length === 0) return null;
  if (rows.length > BRANCHES_MAX) return { check, lead: false };
  return { check, lead: { column: 'credential_id', type: 'uuid', values: rows.map(({ id }) => id) } };
}
