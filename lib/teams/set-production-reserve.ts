import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { teamLimits, teams } from '#db/schema/teams.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { FIGURES, figure } from './figures.ts';

/** Requests per UTC day. */
export const SetProductionReserve = z.object({ reserve: figure(FIGURES.dailyQuota) });

/** No receipt if nothing changed. */
type Set =
  | { ok: true; receipt: Receipt | null }
  | { ok: false; reason: 'not_found' }
  | { ok: false; reason: 'above_quota'; dailyQuota: number };

/** Reserves part of the daily quota for Production keys, effective on every gateway in the receipt. */
export async function setProductionReserve(
  { db, member }: { db: Db; member: Member },
  { reserve }: z.output<typeof SetProductionReserve>,
): Promise<Set> {
  authorize(member, 'quota.edit');

  const set = await db.transaction(async (tx) => {
    const own = and(eq(teams.id, member.teamId), isNull(teams.deletedAt));
    const [before] = await tx
      .select({ productionReserve: teams.productionReserve })
      .from(teams)
      .where(own)
      .for('no key update');
    if (!before) return { ok: false, reason: 'not_found' } as const;
    const [limits] = await tx
      .select({ dailyQuota: teamLimits.dailyQuota })
      .from(teamLimits)
      .where(eq(teamLimits.teamId, member.teamId));
    const { dailyQuota } = limits!; // Every team has limits.
    if (reserve > dailyQuota) return { ok: false, reason: 'above_quota', dailyQuota } as const;

    if (before.productionReserve === reserve) return { ok: true, epoch: null } as const;

    const after = { productionReserve: reserve };
    await tx.update(teams).set(after).where(own);
    await recordAudit(tx, member, 'team.set_reserve', { kind: 'team', id: member.teamId }, { before, after });
    return { ok: true, epoch: await raiseEpoch(tx, { kind: 'team', id: member.teamId }) } as const;
  });
  if (!set.ok) return set;
  return { ok: true, receipt: set.epoch === null ? null : await confirmEpoch(db, set.epoch) };
}
