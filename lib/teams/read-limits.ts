import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { applications } from '#db/schema/applications.ts';
import { members, teamLimits, teams } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize, can } from '#lib/access/permissions.ts';

/** Apps and members that are listed: those with a daily limit first, then the busiest today. */
export const SHARES_LISTED = 100;

const today = sql`(now() at time zone 'utc')::date`;

/** The team's limits and the daily limits of its apps and members, with today's usage (UTC). Members see only their own. */
export async function readLimits({ db, member }: { db: Queryable; member: Member }) {
  authorize(member, 'team.view');
  const ownOnly = !can(member, 'usage.view');
  const [[limits], [used], apps, people] = await Promise.all([
    db
      .select({
        planName: teamLimits.planName,
        dailyQuota: teamLimits.dailyQuota,
        burstRequests: teamLimits.burstRequests,
        burstWindowSeconds: teamLimits.burstWindowSeconds,
        retentionDays: teamLimits.retentionDays,
        membersMax: teamLimits.membersMax,
        applicationsMax: teamLimits.applicationsMax,
        productionReserve: teams.productionReserve,
      })
      .from(teamLimits)
      .innerJoin(teams, eq(teams.id, teamLimits.teamId))
      .where(eq(teamLimits.teamId, member.teamId)),
    ownOnly ? [null] : readUsed(db, member),
    ownOnly ? [] : readApps(db, member),
    readPeople(db, member, ownOnly),
  ]);
  // A member always has a team.
  return { ...limits!, ownOnly, used: used ?? null, apps, people };
}

export type Limits = Awaited<ReturnType<typeof readLimits>>;

function readUsed(db: Queryable, member: Member) {
  return db.execute<{ requests: number; production: number }>(sql`
    select coalesce(sum(d.requests), 0)::float8 as requests,
      coalesce(sum(d.requests) filter (where c.environment = 'production'), 0)::float8 as production
    from usage_daily d join credentials c on c.id = d.credential_id
    where d.team_id = ${member.teamId} and d.day = ${today}`);
}

function readApps(db: Queryable, member: Member) {
  const requests = sql<number>`(select coalesce(sum(d.requests), 0) from usage_daily d
    where d.application_id = applications.id and d.day = ${today})::float8`;
  return db
    .select({
      appId: applications.publicId,
      title: applications.title,
      dailyCap: applications.dailyCap,
      requestsToday: requests,
    })
    .from(applications)
    .where(and(eq(applications.teamId, member.teamId), isNull(applications.archivedAt)))
    .orderBy(sql`${applications.dailyCap} is null`, sql`4 desc`, applications.title)
    .limit(SHARES_LISTED);
}

function readPeople(db: Queryable, member: Member, ownOnly: boolean) {
  const requests = sql<number>`(select coalesce(sum(d.requests), 0) from usage_daily d
    where d.team_id = members.team_id and d.member_id = members.id and d.day = ${today})::float8`;
  return db
    .select({
      memberId: members.id,
      name: users.name,
      email: users.email,
      dailyCap: members.dailyCap,
      requestsToday: requests,
    })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(
      and(
        eq(members.teamId, member.teamId),
        ne(members.status, 'removed'),
        ownOnly ? eq(members.id, member.memberId) : undefined,
      ),
    )
    .orderBy(sql`${members.dailyCap} is null`, sql`5 desc`, users.name)
    .limit(SHARES_LISTED);
}
