import { and, asc, eq, isNull, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { teamLimits, teams } from '#db/schema/teams.ts';
import type { Operator } from '#lib/access/operator.ts';

type OperatorTeam = {
  id: string;
  name: string;
  slug: string;
  apiId: string;
  plan: string;
  dailyQuota: number;
  createdAt: Date;
  members: number;
  apps: number;
  requestsToday: number;
};

const LIMIT = 500;

/** All teams of the installation, or those on one plan, by name, with what they are and what they did today (UTC). */
export async function listTeamsForOperator(
  { db }: { db: Queryable; operator: Operator },
  { planId }: { planId?: string | undefined } = {},
): Promise<OperatorTeam[]> {
  return db
    .select({
      id: teams.id,
      name: teams.name,
      slug: teams.slug,
      apiId: teams.apiId,
      plan: teamLimits.planName,
      dailyQuota: teamLimits.dailyQuota,
      createdAt: teams.createdAt,
      members: sql<number>`(select count(*) from members m where m.team_id = teams.id and m.status = 'active')::int`,
      apps: sql<number>`(select count(*) from applications a where a.team_id = teams.id and a.archived_at is null and not a.is_default)::int`,
      requestsToday: sql<number>`(select coalesce(sum(d.requests), 0) from usage_daily d where d.team_id = teams.id and d.day = (now() at time zone 'utc')::date)::float8`,
    })
    .from(teams)
    .innerJoin(teamLimits, eq(teamLimits.teamId, teams.id))
    .where(and(isNull(teams.deletedAt), planId ? eq(teamLimits.planId, planId) : undefined))
    .orderBy(asc(teams.name))
    .limit(LIMIT);
}
