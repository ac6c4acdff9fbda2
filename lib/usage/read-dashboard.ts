import { and, desc, eq, gte, inArray, ne, type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { credentials } from '#db/schema/credentials.ts';
import { invitations, members, teamLimits, teams } from '#db/schema/teams.ts';
import { usageDaily, usageRecords } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize, can } from '#lib/access/permissions.ts';
import { requestColumns } from '#lib/request-log/request-rows.ts';
import type { LoggedRequest } from '#lib/request-log/types.ts';
import { visibleTo } from '#lib/request-log/visibility.ts';

const DAYS = 30;
const LATEST = 5;

/** The current UTC day by the database's clock, as for quotas. */
const today = sql<string>`(now() at time zone 'utc')::date`;

/**
 * The data of the dashboard: of the whole team for owners and admins, of their own keys for members (`ownOnly`). `days`
 * has no gaps and ends today; each day is a UTC date, `YYYY-MM-DD`.
 */
export async function readDashboard({ db, member }: { db: Queryable; member: Member }) {
  authorize(member, 'team.view');
  const ownOnly = !can(member, 'usage.view');
  const [team, guidelines, days, apps, keys, people, calls, latest] = await Promise.all([
    readTeam(db, member),
    readGuidelines(db, member),
    readDays(db, member, ownOnly),
    readApps(db, member),
    readKeys(db, member, ownOnly),
    readPeople(db, member),
    readFirstCalls(db, member, ownOnly),
    readLatest(db, member),
  ]);
  return { ownOnly, team, guidelines, days, apps, keys, people, calls, latest };
}

export type Dashboard = Awaited<ReturnType<typeof readDashboard>>;

async function readTeam(db: Queryable, member: Member) {
  const [row] = await db
    .select({
      name: teams.name,
      apiId: teams.apiId,
      dailyQuota: teamLimits.dailyQuota,
      createdAt: teams.createdAt,
    })
    .from(teams)
    .innerJoin(teamLimits, eq(teamLimits.teamId, teams.id))
    .where(eq(teams.id, member.teamId));
  return row!; // A member always has a team.
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
    sql`select to_char(${today} - back, 'YYYY-MM-DD') as day from generate_series(0, ${DAYS - 1}::int) as back order by back desc`,
  );
  return calendar.map(({ day }) => byDay.get(day) ?? { day, requests: 0, errors: 0, refused: 0 });
}

/** The Default app, which every team starts with, counts once it is used, as on the Apps page. */
async function readApps(db: Queryable, member: Member) {
  const inUse = sql`(not ${applications.isDefault}
    or exists (select 1 from ${credentials} where ${credentials.applicationId} = ${applications.id})
    or exists (select 1 from ${applicationEndpoints} where ${applicationEndpoints.applicationId} = ${applications.id}))`;
  const [row] = await db
    .select({
      count: sql<number>`count(*) filter (where ${applications.archivedAt} is null and ${inUse})::int`,
      /** The first app that a member created, so not the Default app. */
      firstMadeAt: timestamp(
        sql`min(${applications.createdAt}) filter (where not ${applications.isDefault})`,
      ),
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
      live: sql<number>`count(*) filter (where ${credentials.status} <> 'revoked' and coalesce(least(${credentials.expiresAt}, ${credentials.retiresAt}) > now(), true))::int`,
      lastCreatedAt: timestamp(sql`max(${created})`),
      firstDevelopmentAt: timestamp(
        sql`min(${created}) filter (where ${credentials.environment} = 'development')`,
      ),
      firstProductionAt: timestamp(
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

/** Whether the team has guidelines, and whether the member still has to confirm the current version. */
async function readGuidelines(db: Queryable, member: Member) {
  const [row] = await db
    .select({
      setAt: teams.guidelinesAt,
      toConfirm: sql<boolean>`${teams.guidelinesAt} is not null and (${members.guidelinesConfirmedAt} is null
        or ${members.guidelinesConfirmedAt} < ${teams.guidelinesAt})`,
    })
    .from(teams)
    .innerJoin(members, eq(members.teamId, teams.id))
    .where(and(eq(teams.id, member.teamId), eq(members.id, member.memberId)));
  return row!; // A member always has a team and a membership.
}

async function readPeople(db: Queryable, member: Member) {
  const ofTeam = eq(members.teamId, member.teamId);
  const [joined, [invited], [roles]] = await Promise.all([
    db
      .select({ at: members.createdAt })
      .from(members)
      .where(and(ofTeam, eq(members.status, 'active')))
      .orderBy(members.createdAt),
    db
      .select({ at: timestamp(sql`min(${invitations.createdAt})`) })
      .from(invitations)
      .where(eq(invitations.teamId, member.teamId)),
    db
      .select({ at: timestamp(sql`min(${auditEvents.at})`) })
      .from(auditEvents)
      .where(
        and(
          eq(auditEvents.teamId, member.teamId),
          inArray(auditEvents.action, ['member.change_role', 'team.transfer']),
        ),
      ),
  ]);
  const secondJoinedAt = joined[1]?.at ?? null;
  return {
    active: joined.length,
    /** When the first invitation was sent, or a second member joined without one. */
    invitedAt: earliest(invited?.at ?? null, secondJoinedAt),
    /** When a second member joined with a role, or a role was changed. */
    rolesAt: earliest(roles?.at ?? null, secondJoinedAt),
  };
}

/**
 * The first day (`YYYY-MM-DD`) with any request, with a successful one, and the day on which a key that isn't revoked
 * succeeded for a second day (`keptDay`): it must be stored somewhere, because the portal shows secrets only once.
 */
async function readFirstCalls(db: Queryable, member: Member, ownOnly: boolean) {
  const seen = and(
    eq(usageDaily.teamId, member.teamId),
    ownOnly ? eq(usageDaily.memberId, member.memberId) : undefined,
  );
  const succeeded = sql`${usageDaily.requests} > ${usageDaily.errors}`;
  const [[first], [kept]] = await Promise.all([
    db
      .select({
        firstDay: sql<string | null>`min(${usageDaily.day})::text`,
        firstSuccessDay: sql<string | null>`(min(${usageDaily.day}) filter (where ${succeeded}))::text`,
      })
      .from(usageDaily)
      .where(seen),
    db.select({ day: sql<string | null>`min(later.day)::text` }).from(
      db
        .select({
          day: sql<string>`(array_agg(${usageDaily.day} order by ${usageDaily.day}))[2]`.as('day'),
        })
        .from(usageDaily)
        .innerJoin(credentials, eq(credentials.id, usageDaily.credentialId))
        .where(and(seen, succeeded, ne(credentials.status, 'revoked')))
        .groupBy(usageDaily.credentialId)
        .as('later'),
    ),
  ]);
  // Aggregates have one row.
  return { ...first!, keptDay: kept!.day };
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

/** Maps a timestamp expression to a Date; Drizzle does this only for columns. */
function timestamp(expression: SQL) {
  return sql<Date | null>`${expression}`.mapWith((value: string | Date) => new Date(value));
}

function earliest(...dates: (Date | null)[]): Date | null {
  const known = dates.filter((date) => date !== null);
  return known.length > 0 ? new Date(Math.min(...known.map(Number))) : null;
}
