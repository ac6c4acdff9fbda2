import { eq, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { teamLimits, teams } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import type { DayLimit, LimitKind } from '#lib/admission/day-limits.ts';
import { ADMISSION, type AdmissionRow, recordOf } from '#lib/admission/record.ts';
import { readUsedToday } from '#lib/quota/used-today.ts';
import { type Forecast, forecast, type Pace } from './forecast.ts';
import { resolveScope, type Scoped, type UsageScope } from './usage-scope.ts';
import { DAY_MS, floor } from './usage-span.ts';

/** Whole days before today whose hours say what is usual. */
const HISTORY_DAYS = 7;
const HOUR_MS = 3_600_000;

export type LimitUse = {
  kind: LimitKind;
  /** Calls a UTC day, how many of today's are used, as far as they are on record, and what is left. */
  limit: number;
  used: number;
  left: number;
  forecast: Forecast;
};
export type UsageLimits = {
  planName: string;
  burst: { requests: number; windowSeconds: number };
  /** The most particular first; the team's quota is last. All of them must have room for a call. */
  limits: LimitUse[];
};

/**
 * The limits that the calls of a scope draw on, what is left of today (UTC), and when that runs out at the rate of the
 * last hour and of the same hours of earlier days. Null when the scope names something that is not there.
 */
export async function readUsageLimits(
  { db, member }: { db: Queryable; member: Member },
  { scope, now = new Date() }: { scope: Partial<UsageScope>; now?: Date },
): Promise<UsageLimits | null> {
  const [scoped, [team]] = await Promise.all([
    resolveScope({ db, member }, scope),
    readFigures(db, member.teamId),
  ]);
  if (!scoped) return null;
  const { planName, burstRequests, burstWindowSeconds, ...figures } = team!; // A member proves that the team is there.
  const limits = scoped.key
    ? await limitsOfKey(db, scoped.key.id)
    : await limitsOf(db, member, scoped, figures);
  const [used, paces] = await Promise.all([
    Promise.all(limits.map(async (limit) => (await readUsedToday(db, [limit]))[0] ?? 0)),
    readPaces(db, scoped.teamId, limits, now),
  ]);
  return {
    planName,
    burst: { requests: burstRequests, windowSeconds: burstWindowSeconds },
    limits: limits.map(({ kind, requests }, i) => {
      const left = Math.max(0, requests - used[i]!); // One for each limit, and so with the paces.
      const outlook = forecast({ left, now, pace: paces[i]! });
      return { kind, limit: requests, used: used[i]!, left, forecast: outlook };
    }),
  };
}

function readFigures(db: Queryable, teamId: string) {
  return db
    .select({
      planName: teamLimits.planName,
      dailyQuota: teamLimits.dailyQuota,
      burstRequests: teamLimits.burstRequests,
      burstWindowSeconds: teamLimits.burstWindowSeconds,
      productionReserve: teams.productionReserve,
    })
    .from(teamLimits)
    .innerJoin(teams, eq(teams.id, teamLimits.teamId))
    .where(eq(teamLimits.teamId, teamId));
}

/** As the gateway has them at its next call. */
async function limitsOfKey(db: Queryable, credentialId: string): Promise<readonly DayLimit[]> {
  const [row] = await db.execute<AdmissionRow>(sql`${sql.raw(ADMISSION)} where c.id = ${credentialId}`);
  return recordOf(row!, new Set()).limits; // The scope has found it.
}

async function limitsOf(
  db: Queryable,
  member: Member,
  scoped: Scoped,
  { dailyQuota, productionReserve }: { dailyQuota: number; productionReserve: number },
): Promise<readonly DayLimit[]> {
  const { teamId } = scoped;
  const memberId = scoped.member?.id ?? (scoped.ownOnly ? member.memberId : null);
  const [caps] = await db.execute<{ app: number | null; member: number | null }>(sql`select
    (select daily_cap from applications where id = ${scoped.app?.id ?? null}::uuid and team_id = ${teamId}) as app,
    (select daily_cap from members where id = ${memberId}::uuid and team_id = ${teamId}) as member`);
  const limits: DayLimit[] = [];
  const add = (kind: LimitKind, subjectId: string, requests: number) =>
    limits.push({ kind, subjectId, key: `${kind}:${subjectId}`, requests });
  if (memberId && caps!.member !== null) add('member', memberId, caps!.member); // A select without a table has one row.
  if (scoped.app && caps!.app !== null) add('application', scoped.app.id, caps!.app);
  if (productionReserve > 0 && scoped.environment !== 'production')
    add('non_production', teamId, Math.max(0, dailyQuota - productionReserve));
  add('team', teamId, dailyQuota);
  return limits;
}

/** Which of the team's rows in a rollup a limit counts. */
const COUNTS: Record<LimitKind, (subjectId: string) => SQL> = {
  team: () => sql`true`,
  non_production: () => sql`environment <> 'production'`,
  application: (id) => sql`application_id = ${id}`,
  member: (id) => sql`member_id = ${id}`,
  credential: (id) => sql`credential_id in (
    with recursive chain as (
      select ${id}::uuid as id
      union
      select c.successor_id from credentials c join chain on c.id = chain.id where c.successor_id is not null)
    select id from chain)`,
};

/** The pace of the calls that each limit counts, for all limits at once: the team's is among them and reads every row. */
async function readPaces(
  db: Queryable,
  teamId: string,
  limits: readonly DayLimit[],
  now: Date,
): Promise<Pace[]> {
  const today = floor(now, 'day').getTime();
  const at = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`;
  const each = (aggregate: SQL) =>
    sql`json_build_array(${sql.join(
      limits.map(({ kind, subjectId }) => sql`${aggregate} filter (where ${COUNTS[kind](subjectId)})`),
      sql`, `,
    )})`;
  const [[last], hours] = await Promise.all([
    db.execute<{ requests: (number | null)[] }>(sql`
      select ${each(sql`sum(counted)`)} as requests from usage_minutes
      where team_id = ${teamId} and bucket > ${at(now.getTime() - HOUR_MS)} and bucket <= ${at(now.getTime())}`),
    db.execute<{ hour: number; requests: (number | null)[]; first: (number | null)[] }>(sql`
      select extract(hour from bucket at time zone 'utc')::int as hour, ${each(sql`sum(counted)`)} as requests,
        ${each(sql`min(extract(epoch from bucket))`)} as first
      from usage_hours
      where team_id = ${teamId} and bucket >= ${at(today - HISTORY_DAYS * DAY_MS)} and bucket < ${at(today)}
      group by 1`),
  ]);
  return limits.map((_, i) => ({
    lastHour: last?.requests[i] ?? 0,
    typical: typicalOf(
      hours.map(({ hour, requests, first }) => ({ hour, requests: requests[i], first: first[i] })),
      today,
    ),
  }));
}

type Hour = { hour: number; requests: number | null | undefined; first: number | null | undefined };

/** The average of each hour; days before the first call say nothing of what is usual. */
function typicalOf(hours: readonly Hour[], today: number): number[] | null {
  const firsts = hours.flatMap(({ first }) => first ?? []);
  if (firsts.length === 0) return null;
  const days = Math.ceil((today / 1_000 - Math.min(...firsts)) / (DAY_MS / 1_000));
  const typical = Array.from({ length: 24 }, () => 0);
  for (const { hour, requests } of hours) typical[hour] = (requests ?? 0) / days;
  return typical;
}
