import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { teamLimits } from '#db/schema/teams.ts';
import { usageDaily } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize, can } from '#lib/access/permissions.ts';

const CHANGES = ['team.set_limits', 'team.set_quota', 'team.assign_plan'] as const;

/** Figures as far as a change wrote them down. */
const Before = z.object({ dailyQuota: z.number().nullish(), plan: z.string().nullish() }).catch({});

/**
 * The team's limits at a moment, as far as they are on record: today's, unless they were changed since; and how much of
 * the quota went that UTC day, for who may know. A plan's own figures may have been changed too, which no team records.
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
    ...now!, // A member proves that the team is there.
    usedThatDay: used?.requests ?? null,
    /** The first change since, with what it wrote down of the time before. */
    changed: change ? { at: change.at, before: Before.parse(change.before ?? {}) } : null,
  };
}

export type LimitsAt = Awaited<ReturnType<typeof readLimitsAt>>;
