import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { teamLimits } from '#db/schema/teams.ts';
import { usageDaily } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize, can } from '#lib/access/permissions.ts';

const CHANGES = ['team.set_limits', 'team.set_quota', 'team.assign_plan'] as const;

/** The values that the audit row of a change recorded. */
const Before = z.object({ dailyQuota: z.number().nullish(), plan: z.string().nullish() }).catch({});

/**
 * The team's limits at a given time, as far as they're recorded: today's limits, plus the first change since then. Also
 * the quota used on that UTC day, for members who can see it. Edits of a plan's own limits aren't recorded per team.
 */
export async function readLimitsAt(
  { db, member }: { db: Queryable; member: Member },
  { at, day }: { at: Date; day: string },
) {
  authorize(member, 'usage.view.own');
  const [[now], [used], [change]] = await Promise.all([
    db
      .select({
        planName: teamLimits.planName,
        dailyQuota: teamLimits.dailyQuota,
        burstRequests: teamLimits.burstRequests,
        burstWindowSeconds: teamLimits.burstWindowSeconds,
        retentionDays: teamLimits.retentionDays,
      })
      .from(teamLimits)
      .where(eq(teamLimits.teamId, member.teamId)),
    can(member, 'usage.view')
      ? db
          .select({ requests: sql<number>`coalesce(sum(${usageDaily.requests}), 0)::float8` })
          .from(usageDaily)
          .where(and(eq(usageDaily.teamId, member.teamId), eq(usageDaily.day, day)))
      : [],
    db
      .select({ at: auditEvents.at, before: auditEvents.before })
      .from(auditEvents)
      .where(
        and(
          eq(auditEvents.teamId, member.teamId),
          inArray(auditEvents.action, CHANGES),
          gt(auditEvents.at, at),
        ),
      )
      .orderBy(asc(auditEvents.id))
      .limit(1),
  ]);
  return {
    ...now!, // A member always has a team.
    usedThatDay: used?.requests ?? null,
    /** The first change since then, with the values it replaced. */
    changed: change ? { at: change.at, before: Before.parse(change.before ?? {}) } : null,
  };
}

export type LimitsAt = Awaited<ReturnType<typeof readLimitsAt>>;
