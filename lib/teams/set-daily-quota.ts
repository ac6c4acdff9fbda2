import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { teams } from '#db/schema/teams.ts';
import { confirmEpoch, raiseEpoch } from '#lib/access/epoch.ts';
import type { Operator } from '#lib/access/operator.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { FIGURES, figure } from './figures.ts';

export const SetDailyQuota = z.object({
  teamId: z.uuid(),
  dailyQuota: figure(FIGURES.dailyQuota),
});

/** Sets a team's daily quota in requests per UTC day, effective from its next request on every gateway. */
export async function setDailyQuota(
  { db, operator }: { db: Db; operator: Operator },
  input: z.output<typeof SetDailyQuota>,
): Promise<{ ok: boolean }> {
  const epoch = await db.transaction(async (tx) => {
    const live = and(eq(teams.id, input.teamId), isNull(teams.deletedAt));
    const [before] = await tx.select({ dailyQuota: teams.dailyQuota }).from(teams).where(live).for('update');
    if (!before) return null;
    await tx.update(teams).set({ dailyQuota: input.dailyQuota }).where(live);
    const change = { before, after: { dailyQuota: input.dailyQuota }, teamId: input.teamId };
    await recordAudit(tx, operator, 'team.set_quota', { kind: 'team', id: input.teamId }, change);
    return raiseEpoch(tx, { kind: 'team', id: input.teamId });
  });
  if (epoch === null) return { ok: false };
  await confirmEpoch(db, epoch);
  return { ok: true };
}
