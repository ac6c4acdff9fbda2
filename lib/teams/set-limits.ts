import { and, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { plans } from '#db/schema/plans.ts';
import { teams } from '#db/schema/teams.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Operator } from '#lib/access/operator.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { FIGURES, optionalFigure } from './figures.ts';
import { cancelRaised, holdRequests, isConfirmed, type LimitsImpact, measureImpact } from './retention.ts';

/** The name that confirms a change with an impact. */
export const Confirm = z.string().max(200).optional();

/** Empty fields use the plan's limits. */
export const SetLimits = z
  .object({
    teamId: z.uuid(),
    dailyQuota: optionalFigure(FIGURES.dailyQuota),
    burstRequests: optionalFigure(FIGURES.burstRequests),
    burstWindowSeconds: optionalFigure(FIGURES.burstWindowSeconds),
    retentionDays: optionalFigure(FIGURES.retentionDays),
    membersMax: optionalFigure(FIGURES.membersMax),
    applicationsMax: optionalFigure(FIGURES.applicationsMax),
    confirm: Confirm,
  })
  .superRefine(({ burstRequests, burstWindowSeconds }, context) => {
    if ((burstRequests === null) === (burstWindowSeconds === null)) return;
    const path = [burstRequests === null ? 'burstRequests' : 'burstWindowSeconds'];
    context.addIssue({ code: 'custom', path, message: 'Set both burst fields, or leave both empty.' });
  });

type Set =
  | { ok: true; receipt: Receipt }
  | { ok: false; reason: 'not_found' }
  | { ok: false; reason: 'confirm'; impact: LimitsImpact };

/**
 * Sets custom limits for one team, effective from its next request. A change that deletes requests or that the team already
 * exceeds must be confirmed with the team's name. The requests are kept for a day, and the change can be undone until then.
 */
export async function setLimits(
  { db, operator, settings }: { db: Db; operator: Operator | 'operator'; settings: Settings },
  { teamId, confirm, ...after }: z.output<typeof SetLimits>,
): Promise<Set> {
  const set = await db.transaction(async (tx) => {
    const live = and(eq(teams.id, teamId), isNull(teams.deletedAt));
    const [team] = await tx
      .select({ name: teams.name, planId: teams.planId, before: limitColumns })
      .from(teams)
      .where(live)
      .for('no key update');
    if (!team) return { ok: false, reason: 'not_found' } as const;
    const { before } = team;
    const [plan] = await tx
      .select({
        retentionDays: plans.retentionDays,
        membersMax: plans.membersMax,
        applicationsMax: plans.applicationsMax,
      })
      .from(plans)
      .where(team.planId === null ? eq(plans.isDefault, true) : eq(plans.id, team.planId));
    const impact = await measureImpact(tx, team.name, {
      teams: sql`t.id = ${teamId}`,
      retentionDays: after.retentionDays ?? plan!.retentionDays, // Every team has a plan.
      membersMax: after.membersMax ?? plan!.membersMax,
      applicationsMax: after.applicationsMax ?? plan!.applicationsMax,
    });
    if (impact && !isConfirmed(impact, confirm)) return { ok: false, reason: 'confirm', impact } as const;

    await holdRequests({ db: tx, settings }, operator, impact, {
      ...{ cause: 'team_limits', teamId },
      ...{ daysBefore: before.retentionDays, daysAfter: after.retentionDays },
    });
    await tx.update(teams).set(after).where(live);
    await cancelRaised(tx);
    const subject = { kind: 'team', id: teamId } as const;
    await recordAudit(tx, operator, 'team.set_limits', subject, { teamId, before, after });
    return { ok: true, epoch: await raiseEpoch(tx, subject) } as const;
  });
  return set.ok ? { ok: true, receipt: await confirmEpoch(db, set.epoch) } : set;
}

/** A team's custom limits; null where the plan's limits apply. */
export const limitColumns = {
  dailyQuota: teams.dailyQuota,
  burstRequests: teams.burstRequests,
  burstWindowSeconds: teams.burstWindowSeconds,
  retentionDays: teams.retentionDays,
  membersMax: teams.membersMax,
  applicationsMax: teams.applicationsMax,
};
