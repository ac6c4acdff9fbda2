import { eq, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { teamLimits, teams } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import type { DayLimit, LimitKind } from '#lib/admission/day-limits.ts';
import { ADMISSION, type AdmissionRow, recordOf } from '#lib/admission/record.ts';
import { withSuccessors } from '#lib/credentials/key-chain.ts';
import { readUsedToday } from '#lib/quota/used-today.ts';
import { forecast, type Pace } from './forecast.ts';
import type { LimitUse } from './types.ts';
import { resolveScope, type Scoped, type UsageScope } from './usage-scope.ts';
import { DAY_MS, floor } from './usage-span.ts';

/** Previous whole days that the forecast averages. */
const HISTORY_DAYS = 7;
const HOUR_MS = 3_600_000;

export type UsageLimits = {
  planName: string;
  burst: { requests: number; windowSeconds: number };
  /** The most specific limit first, the team's quota last. A request has to fit into all of them. */
  limits: LimitUse[];
};

/**
 * The limits that apply to the requests of a scope, the remaining requests today (UTC), and when they are forecast to run
 * out. Null if the scope names something that doesn't exist.
 */
export async function readUsageLimits(
  { db, member }: { db: Queryable; member: Member },
  { scope, now = new Date() }: { scope: Partial<UsageScope>; now?: Date },
): Promise<UsageLimits | null> {
  const [scoped, [team]] = await Promise.all([
    resolveScope({ db, member }, scope),
    readTeamLimits(db, member.teamId),
  ]);
  if (!scoped) return null;
  const { planName, burstRequests, burstWindowSeconds, ...quota } = team!; // A member always has a team.
  const limits = scoped.key
    ? await limitsOfKey(db, scoped.key.id)
    : await limitsOf(db, member, scoped, quota);
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

function readTeamLimits(db: Queryable, teamId: string) {
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

/** The limits that the gateway applies to the key's next request. */
async function limitsOfKey(db: Queryable, credentialId: string): Promise<readonly DayLimit[]> {
  const [row] = await db.execute<AdmissionRow>(sql`${sql.raw(ADMISSION)} where c.id = ${credentialId}`);
  return recordOf(row!, new Set()).limits; // The scope found the key.
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

/** Which rows of the team's rollup count toward a limit. */
const COUNTS: Record<LimitKind, (subjectId: string) => SQL> = {
  team: () => sql`true`,
  non_production: () => sql`environment <> 'production'`,
  application: (id) => sql`application_id = ${id}`,
  member: (id) => sql`member_id = ${id}`,
  credential: (id) => sql`credential_id in (${withSuccessors(sql`${id}::uuid`)})`,
};

/** The request rate per limit. One query for all limits, because the team's limit reads every row anyway. */
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

/** The average per hour. Days before the first request don't count. */
function typicalOf(hours: readonly Hour[], today: number): number[] | null {
  const firsts = hours.flatMap(({ first }) => first ?? []);
  if (firsts.length === 0) return null;
  const days = Math.ceil((today / 1_000 - Math.min(...firsts)) / (DAY_MS / 1_000));
  const typical = Array.from({ length: 24 }, () => 0);
  for (const { hour, requests } of hours) typical[hour] = (requests ?? 0) / days;
  return typical;
}
