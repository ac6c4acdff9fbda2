import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import type { Member } from '#lib/access/member.ts';
import { can } from '#lib/access/permissions.ts';
import { firstIdAt } from '#lib/metering/id-time.ts';
import { type LogFilter, timeRange } from './log-filter.ts';

/** How rows are found: by one index, the rest of the filter being looked at row by row. `r` is usage_records. */
export type Plan = {
  forward: boolean;
  /** What every search is bound to. */
  scope: SQL;
  /** The scope, and what an index answers. */
  where: SQL;
  branches: Branches | null;
  rest: SQL | null;
  /** Every part as a condition on a row, for who looks at few rows anyway. */
  checks: readonly SQL[];
  /** The first id of the days that may be without the index (CLOSED_DAY_INDEXES): there, rows are looked at. */
  indexedUntil: string | null;
};
/** Values of an indexed column, each looked up by itself. */
type Branches = {
  column: string;
  type: string;
  values: readonly (string | number)[];
  /** What the index asks of a row besides. */
  also?: string;
};
/**
 * One part of a filter: a condition on a row, whether or how an index answers it, and whether that one is there on days
 * that are over only. Null: nothing can fit.
 */
type Part = { check: SQL; lead: boolean | Branches; onClosedDays?: true } | null;
type Asked = { db: Queryable; member: Member; filter: LogFilter; nowMs: number };

/** Beyond so many addresses or keys it is quicker to look at the rows. */
const BRANCHES_MAX = 200;
/** So many keys are looked up one by one sooner than rows of a day. */
const KEYS_FEW = 20;
/** And beyond so many days' callers, of a team, to find the addresses of a network. */
const CLIENTS_MAX = 100_000;
const DAY_MS = 86_400_000;
/** So long after its end a day has its readers' indexes: the job comes every hour, and waits for an hour at first. */
const INDEXED_AFTER_MS = 3 * 3_600_000;

/** Turns a filter into a search: of its parts the first that an index answers leads. Null when nothing can fit. */
export async function planSearch(asked: Asked): Promise<Plan | null> {
  const { filter } = asked;
  const parts: NonNullable<Part>[] = [];
  for (const partOf of PARTS) {
    const part = await partOf(asked);
    if (part === null) return null;
    if (part) parts.push(part);
  }
  const lead = parts.find((part) => part.lead);
  const branches = typeof lead?.lead === 'object' ? lead.lead : null;
  const rest = parts.filter((part) => part !== lead).map(({ check }) => check);
  const scope = sql.join(scopeOf(asked), sql` and `);
  return {
    forward: filter.after !== undefined,
    scope,
    where: lead && !branches ? sql`${scope} and ${lead.check}` : scope,
    branches,
    rest: rest.length > 0 ? sql.join(rest, sql` and `) : null,
    checks: parts.map(({ check }) => check),
    indexedUntil: lead?.onClosedDays ? firstIdAt(closedUntil(asked.nowMs)) : null,
  };
}

const closedUntil = (nowMs: number): number => Math.floor((nowMs - INDEXED_AFTER_MS) / DAY_MS) * DAY_MS;

/** What every search is bound to: the team, for members their own calls, the time, the page. */
export function scopeOf({ member, filter, nowMs }: Omit<Asked, 'db'>): SQL[] {
  const { fromMs, toMs } = timeRange(filter, nowMs);
  const scope = [sql`r.team_id = ${member.teamId}::uuid`];
  if (!can(member, 'usage.view')) scope.push(sql`r.member_id = ${member.memberId}::uuid`);
  if (fromMs !== undefined) scope.push(sql`r.id >= ${firstIdAt(fromMs)}::uuid`);
  if (toMs !== undefined) scope.push(sql`r.id < ${firstIdAt(toMs)}::uuid`);
  if (filter.before) scope.push(sql`r.id < ${filter.before}::uuid`);
  if (filter.after) scope.push(sql`r.id > ${filter.after}::uuid`);
  return scope;
}

type PartOf = (asked: Asked) => Part | undefined | Promise<Part | undefined>;

/** A part of the filter's own value, where it has one. */
const of =
  <Name extends keyof LogFilter>(
    name: Name,
    partOf: (value: NonNullable<LogFilter[Name]>, asked: Asked) => Part | Promise<Part>,
  ): PartOf =>
  (asked) => {
    const value = asked.filter[name];
    return value ? partOf(value, asked) : undefined;
  };

/**
 * The parts, the rarest kind first, since the first one with an index leads. Closed sets and numbers are written out
 * rather than passed: only then does PostgreSQL see that they imply an index's own condition.
 */
const PARTS: readonly PartOf[] = [
  of('id', (id) => ({ check: sql`r.id = ${id}::uuid`, lead: true })),
  of('reason', (reason) => ({ check: sql`r.reason = ${reason}`, lead: true })),
  of('outcome', (outcome) => ({
    check: sql`r.outcome = ${word(outcome)}`,
    lead: outcome !== 'answered',
  })),
  of('status', statusPart),
  of('ip', (ip, asked) =>
    ip.includes('/')
      ? networkPart(ip, asked)
      : { check: sql`r.client_ip = ${ip}`, lead: true, onClosedDays: true },
  ),
  of('key', keyPart),
  of('endpoint', (endpoint) => ({
    check: sql`r.endpoint_id = ${endpoint}::uuid`,
    lead: true,
    onClosedDays: true,
  })),
  of('method', (method) => ({
    check: sql`r.method = ${word(method)}`,
    lead: method !== 'GET',
    onClosedDays: true,
  })),
  of('member', memberPart),
  of('app', appPart),
  of('environment', environmentPart),
  of('via', (via) => ({ check: sql`r.via = ${word(via)}`, lead: false })),
  of('path', (path) => ({
    check: sql`r.path ilike ${`%${path.replace(/[\\%_]/g, '\\$&')}%`}`,
    lead: false,
  })),
  // Who may not see all of the team sees what his own keys did.
  (asked) => (can(asked.member, 'usage.view') ? undefined : memberPart(asked.member.memberId, asked)),
];

/** A word of a closed set, written out. */
const word = (text: string) => sql.raw(`'${text.replaceAll("'", "''")}'`);

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
    return { check: sql`r.status = ${word(status)}::smallint`, lead: number >= 300 };
  const check = sql`r.status between ${word(`${number}00`)}::smallint and ${word(`${number}99`)}::smallint`;
  const values = Array.from({ length: 100 }, (_, last) => number * 100 + last);
  return {
    check,
    lead: number >= 3 && { column: 'status', type: 'smallint', values, also: 'r.status >= 300' },
  };
}

/** The addresses of a network that have called: few can be looked up, many are told apart row by row. */
async function networkPart(network: string, { db, member, filter, nowMs }: Asked): Promise<Part> {
  const { fromMs, toMs } = timeRange(filter, nowMs);
  // A call stands with the day it drew on, which begins by another clock: a day more on both sides.
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

/** An address that is not known is an empty text, and one with a zone is none that `inet` takes. */
const inNetwork = (column: SQL, network: string) =>
  sql`(${column} like ${`${sharedStart(network)}%`} and case when ${column} ~ '^[0-9a-f.:]+$' then ${column}::inet <<= ${network}::inet else false end)`;

/** What all addresses of an IPv4 network begin with: told apart quicker than by reading them. */
function sharedStart(network: string): string {
  const [address = '', bits] = network.split('/');
  if (address.includes(':')) return '';
  return address
    .split('.')
    .slice(0, Math.floor(Number(bits) / 8))
    .map((octet, i) => (i < 3 ? `${octet}.` : octet))
    .join('');
}

async function keyPart(keyId: string, { db, member }: Asked): Promise<Part> {
  const [row] = await db
    .select({ id: credentials.id })
    .from(credentials)
    .where(and(eq(credentials.teamId, member.teamId), eq(credentials.keyId, keyId)));
  return row ? { check: sql`r.credential_id = ${row.id}::uuid`, lead: true } : null;
}

async function appPart(publicId: string, { db, member }: Asked): Promise<Part> {
  const [row] = await db
    .select({ id: applications.id })
    .from(applications)
    .where(and(eq(applications.teamId, member.teamId), eq(applications.publicId, publicId)));
  return row
    ? ofKeys(eq(credentials.applicationId, row.id), sql`r.application_id = ${row.id}::uuid`, { db, member })
    : null;
}

function memberPart(memberId: string, asked: Pick<Asked, 'db' | 'member'>): Promise<Part> {
  return ofKeys(eq(credentials.memberId, memberId), sql`r.member_id = ${memberId}::uuid`, asked);
}

/** The calls of some of the team's keys, each of which an index finds on all days; of many keys the one of closed days does. */
async function ofKeys(whose: SQL, check: SQL, { db, member }: Pick<Asked, 'db' | 'member'>): Promise<Part> {
  const rows = await db
    .select({ id: credentials.id })
    .from(credentials)
    .where(and(eq(credentials.teamId, member.teamId), whose))
    .limit(KEYS_FEW + 1);
  if (rows.length === 0) return null;
  if (rows.length > KEYS_FEW) return { check, lead: true, onClosedDays: true };
  return { check, lead: { column: 'credential_id', type: 'uuid', values: rows.map(({ id }) => id) } };
}

/** A key is of one environment for life. */
async function environmentPart(
  environment: NonNullable<LogFilter['environment']>,
  { db, member }: Asked,
): Promise<Part> {
  const rows = await db
    .select({ id: credentials.id })
    .from(credentials)
    .where(and(eq(credentials.teamId, member.teamId), eq(credentials.environment, environment)))
    .limit(BRANCHES_MAX + 1);
  const check = sql`r.environment = ${word(environment)}`;
  if (rows.length === 0) return null;
  if (rows.length > BRANCHES_MAX) return { check, lead: false };
  return { check, lead: { column: 'credential_id', type: 'uuid', values: rows.map(({ id }) => id) } };
}
