import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { plans } from '#db/schema/plans.ts';
import { teamLimits, teams } from '#db/schema/teams.ts';
import type { Operator } from '#lib/access/operator.ts';
import { planColumns } from './define-plan.ts';
import { limitColumns } from './set-limits.ts';

const today = sql`(now() at time zone 'utc')::date`;

/** One team by slug: its plan, custom and effective limits, and today's usage (UTC). Null if there is none. */
export async function readTeamForOperator(
  { db }: { db: Queryable; operator: Operator | 'operator' },
  { slug }: { slug: string },
) {
  const [row] = await db
    .select({
      id: teams.id,
      slug: teams.slug,
      name: teams.name,
      description: teams.description,
      apiId: teams.apiId,
      createdAt: teams.createdAt,
      productionReserve: teams.productionReserve,
      /** Null while the team is on the default plan. */
      ownPlanId: teams.planId,
      plan: { id: plans.id, ...planColumns },
      overrides: limitColumns,
      effective: {
        dailyQuota: teamLimits.dailyQuota,
        burstRequests: teamLimits.burstRequests,
        burstWindowSeconds: teamLimits.burstWindowSeconds,
        retentionDays: teamLimits.retentionDays,
        membersMax: teamLimits.membersMax,
        applicationsMax: teamLimits.applicationsMax,
      },
      members: sql<number>`(select count(*) from members m where m.team_id = teams.id and m.status = 'active')::int`,
      invited: sql<number>`(select count(*) from invitations i where i.team_id = teams.id
        and i.accepted_at is null and i.cancelled_at is null and i.expires_at > now())::int`,
      apps: sql<number>`(select count(*) from applications a where a.team_id = teams.id
        and a.archived_at is null and not a.is_default)::int`,
    })
    .from(teams)
    .innerJoin(teamLimits, eq(teamLimits.teamId, teams.id))
    .innerJoin(plans, eq(plans.id, teamLimits.planId))
    .where(and(eq(teams.slug, slug), isNull(teams.deletedAt)));
  if (!row) return null;
  const [used] = await db.execute<{ requests: number; errors: number; refused: number }>(sql`
    select coalesce(sum(requests), 0)::float8 as requests, coalesce(sum(errors), 0)::float8 as errors,
      coalesce(sum(refused), 0)::float8 as refused
    from usage_daily where team_id = ${row.id} and day = ${today}`);
  return { ...row, today: used! }; // An aggregate has one row.
}

export type TeamForOperator = NonNullable<Awaited<ReturnType<typeof readTeamForOperator>>>;
