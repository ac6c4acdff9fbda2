import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { teams } from '#db/schema/teams.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Operator } from '#lib/access/operator.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { FIGURES, optionalFigure } from './figures.ts';

/** An empty field leaves the figure to the plan. */
export const SetLimits = z
  .object({
    teamId: z.uuid(),
    dailyQuota: optionalFigure(FIGURES.dailyQuota),
    burstRequests: optionalFigure(FIGURES.burstRequests),
    burstWindowSeconds: optionalFigure(FIGURES.burstWindowSeconds),
    retentionDays: optionalFigure(FIGURES.retentionDays),
    membersMax: optionalFigure(FIGURES.membersMax),
    applicationsMax: optionalFigure(FIGURES.applicationsMax),
  })
  .superRefine(({ burstRequests, burstWindowSeconds }, context) => {
    if ((burstRequests === null) === (burstWindowSeconds === null)) return;
    const path = [burstRequests === null ? 'burstRequests' : 'burstWindowSeconds'];
    context.addIssue({ code: 'custom', path, message: 'Set both burst fields, or leave both empty.' });
  });

type Set = { ok: true; receipt: Receipt } | { ok: false; reason: 'not_found' };

/** Agrees figures with one team instead of its plan's, with effect on its next call. */
export async function setLimits(
  { db, operator }: { db: Db; operator: Operator | 'operator' },
  { teamId, ...after }: z.output<typeof SetLimits>,
): Promise<Set> {
  const epoch = await db.transaction(async (tx) => {
    const live = and(eq(teams.id, teamId), isNull(teams.deletedAt));
    const [before] = await tx.select(limitColumns).from(teams).where(live).for('no key update');
    if (!before) return null;
    await tx.update(teams).set(after).where(live);
    await recordAudit(
      tx,
      operator,
      'team.set_limits',
      { kind: 'team', id: teamId },
      { teamId, before, after },
    );
    return raiseEpoch(tx, { kind: 'team', id: teamId });
  });
  if (epoch === null) return { ok: false, reason: 'not_found' };
  return { ok: true, receipt: await confirmEpoch(db, epoch) };
}

/** A team's own figures, null where its plan's stand. */
export const limitColumns = {
  dailyQuota: teams.dailyQuota,
  burstRequests: teams.burstRequests,
  burstWindowSeconds: teams.burstWindowSeconds,
  retentionDays: teams.retentionDays,
  membersMax: teams.membersMax,
  applicationsMax: teams.applicationsMax,
};
