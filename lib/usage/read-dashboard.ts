import { and, desc, eq, gte, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members, teams } from '#db/schema/teams.ts';
import { usageDaily, usageRecords } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize, can } from '#lib/access/permissions.ts';
import { type LoggedRequest, requestColumns, visibleTo } from './list-requests.ts';

const DAYS = 30;
const LATEST = 5;

/** The UTC day by the database's clock, as quotas count it. */
const today = sql<string>`(now() at time zone 'utc')::date`;

/**
 * The figures of a team's dashboard: of the whole team for owners and admins, of his own keys and calls for a
 * member (`ownOnly`). `days` ends today and has no gaps; every day is a UTC date, `YYYY-MM-DD`.
 */
export async function readDashboard({ db, member }: { db: Queryable; member: Member }) {
  authorize(member, 'team.view');
  const ownOnly = !can(member, 'usage.view');
  const [team, days, apps, keys, people, firstSuccessDay, latest] = await Promise.all([
    readTeam(db, member),
    readDays(db, member, ownOnly),
    readApps(db, member),
    readKeys(db, member, ownOnly),
    readPeople(db, member),
    readFirstSuccess(db, member, ownOnly),
    readLatest(db, member),
  ]);
  return { ownOnly, team, days, apps, keys, people, firstSuccessDay, latest };
}

export type Dashboard = Awaited<ReturnType<typeof readDashboard>>;

async function readTeam(db: Queryable, member: Member) {
  const [row] = await db
    .select({
      name: teams.name,
      apiId: teams.apiId,
      dailyQuota: teams.dailyQuota,
      createdAt: teams.createdAt,
    })
    .from(teams)
    .where(eq(teams.id, member.teamId));
  return row!; // A member proves that the team is there.
}

async function readDays(db: Queryable, member: Member, ownOnly: boolean) {
  const sums = await db
    .select({
      day: usageDaily.day,
      requests: sql<number>`sum(${usageDaily.requests})::float8`,
      errors: sql<number>`sum(${usageDaily.errors})::float8`,
      refused: sql<number>`sum(${usageDaily.refused})::float8`,
    })
    .from(usageDaily)
    .where(
      and(
        eq(usageDaily.teamId, member.teamId),
        ownOnly ? eq(usageDaily.memberId, member.memberId) : undefined,
        gte(usageDaily.day, sql<string>`${today} - ${DAYS - 1}::int`),
      ),
    )
    .groupBy(usageDaily.day);
  const byDay = new Map(sums.map((sum) => [sum.day, sum]));
  const calendar = await db.execute<{ day: string }>(
    sql`select to_char(${today} - back, 'YYYY-MM-DD') as day from generate_series(${DAYS - 1}::int, 0, -1) as back`,
  );
  return calendar.map(({ day }) => byDay.get(day) ?? { day, requests: 0, errors: 0, refused: 0 });
}

/** The Default app, which every team is born with, counts once something uses it: as in the grid of Apps. */
async function readApps(db: Queryable, member: Member) {
  const inUse = sql`(not ${applications.isDefault}
    or exists (select 1 from ${credentials} where ${credentials.applicationId} = ${applications.id})
    or exists (select 1 from ${applicationEndpoints} where ${applicationEndpoints.applicationId} = ${applications.id}))`;
  const [row] = await db
    .select({
      count: sql<number>`count(*) filter (where ${applications.archivedAt} is null and ${inUse})::int`,
      /** The first app that somebody made: the Default app came with the team. */
      firstMadeAt: moment(sql`min(${applications.createdAt}) filter (where not ${applications.isDefault})`),
    })
    .from(applications)
    .where(eq(applications.teamId, member.teamId));
  return row!; // An aggregate has one row.
}

async function readKeys(db: Queryable, member: Member, ownOnly: boolean) {
  const created = credentials.createdAt;
  const [row] = await db
    .select({
      /** Neither revoked nor expired. */
      live: sql<number>`count(*) filter (where ${credentials.status} <> 'revoked' and (${credentials.expiresAt} is null or ${credentials.expiresAt} > now()))::int`,
      lastCreatedAt: moment(sql`max(${created})`),
      firstDevelopmentAt: moment(
        sql`min(${created}) filter (where ${credentials.environment} = 'development')`,
      ),
      firstProductionAt: moment(
        sql`min(${created}) filter (where ${credentials.environment} = 'production')`,
      ),
    })
    .from(credentials)
    .where(
      and(
        eq(credentials.teamId, member.teamId),
        ownOnly ? eq(credentials.memberId, member.memberId) : undefined,
      ),
    );
  return row!; // An aggregate has one row.
}

async function readPeople(db: Queryable, member: Member) {
  const joined = db
    .select({ at: members.createdAt })
    .from(members)
    .where(and(eq(members.teamId, member.teamId), eq(members.status, 'active')));
  const rows = await joined.orderBy(members.createdAt);
  return { active: rows.length, secondJoinedAt: rows[1]?.at ?? null };
}

/** The first day with a call that counted and went well: from the rollup, which outlives the records. */
async function readFirstSuccess(db: Queryable, member: Member, ownOnly: boolean): Promise<string | null> {
  const [row] = await db
    .select({ day: sql<string | null>`min(${usageDaily.day})::text` })
    .from(usageDaily)
    .where(
      and(
        eq(usageDaily.teamId, member.teamId),
        ownOnly ? eq(usageDaily.memberId, member.memberId) : undefined,
        sql`${usageDaily.requests} > ${usageDaily.errors}`,
      ),
    );
  return row?.day ?? null;
}

function readLatest(db: Queryable, member: Member): Promise<LoggedRequest[]> {
  return db
    .select(requestColumns)
    .from(usageRecords)
    .innerJoin(applications, eq(applications.id, usageRecords.applicationId))
    .innerJoin(credentials, eq(credentials.id, usageRecords.credentialId))
    .where(visibleTo(member))
    .orderBy(desc(usageRecords.id))
    .limit(LATEST);
}

/** An aggregate over moments as a Date: Drizzle maps columns, not expressions. */
function moment(expression: SQL) {
  return sql<Date | null>`${expression}`.mapWith((value: string | Date) => new Date(value));
}
