import { and, asc, eq, gte, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import { teamLimits, teams } from '#db/schema/teams.ts';
import { usageDaily } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize, can } from '#lib/access/permissions.ts';

const DAYS = 30;
const today = sql`(now() at time zone 'utc')::date`;
const sum = (column: AnyPgColumn) => sql<number>`coalesce(sum(${column}), 0)::float8`;

export type DaySum = { day: string; requests: number; errors: number; refused: number };

/** An application's sums: by day for 30 UTC days without gaps, and by key for ever. A member sees his own keys'. */
export async function readAppUsage(
  { db, member }: { db: Queryable; member: Member },
  input: { appId: string },
) {
  authorize(member, 'usage.view.own');
  const own = can(member, 'usage.view') ? undefined : eq(credentials.memberId, member.memberId);
  const ofApp = and(eq(applications.publicId, input.appId), eq(applications.teamId, member.teamId), own);

  const days = await db.execute<DaySum>(sql`
    select d::date::text as day, coalesce(sum(u.requests), 0)::float8 as requests, coalesce(sum(u.errors), 0)::float8 as errors,
      coalesce(sum(u.refused), 0)::float8 as refused
    from generate_series(${today} - ${DAYS - 1}::int, ${today}, interval '1 day') d
    left join (
      select ${usageDaily.day} as day, ${usageDaily.requests} as requests, ${usageDaily.errors} as errors, ${usageDaily.refused} as refused
      from ${usageDaily}
      join ${credentials} on ${credentials.id} = ${usageDaily.credentialId}
      join ${applications} on ${applications.id} = ${credentials.applicationId}
      where ${and(ofApp, gte(usageDaily.day, sql<string>`${today} - ${DAYS - 1}::int`))}
    ) u on u.day = d::date
    group by d order by d`);

  const keys = await db
    .select({
      keyId: credentials.keyId,
      name: credentials.name,
      environment: credentials.environment,
      requests: sum(usageDaily.requests),
      errors: sum(usageDaily.errors),
      refused: sum(usageDaily.refused),
      lastAt: sql<string | null>`max(${usageDaily.lastUsedAt})`,
    })
    .from(credentials)
    .innerJoin(applications, eq(applications.id, credentials.applicationId))
    .leftJoin(usageDaily, eq(usageDaily.credentialId, credentials.id))
    .where(ofApp)
    .groupBy(credentials.id)
    .orderBy(asc(credentials.createdAt));

  const [limit] = await db
    .select({
      dailyQuota: teamLimits.dailyQuota,
      usedToday: sql<number>`(select coalesce(sum(${usageDaily.requests}), 0) from ${usageDaily} where ${usageDaily.teamId} = teams.id and ${usageDaily.day} = ${today})::float8`,
    })
    .from(teams)
    .innerJoin(teamLimits, eq(teamLimits.teamId, teams.id))
    .where(eq(teams.id, member.teamId));
  return { days: [...days], keys, limit: limit! }; // A member proves that the team is there.
}
