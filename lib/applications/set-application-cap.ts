import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { FIGURES, optionalFigure } from '#lib/teams/figures.ts';
import { AppId } from './input.ts';

/** Requests per UTC day. An empty field removes the cap. */
export const SetApplicationCap = z.object({ appId: AppId, dailyCap: optionalFigure(FIGURES.dailyQuota) });

type Set = { ok: true; receipt: Receipt } | { ok: false; reason: 'not_found' };

/** Limits how much of the team's quota the keys of one application can use per day, once the receipt is returned. */
export async function setApplicationCap(
  { db, member }: { db: Db; member: Member },
  { appId, dailyCap }: z.output<typeof SetApplicationCap>,
): Promise<Set> {
  authorize(member, 'quota.edit');
  const own = and(eq(applications.publicId, appId), eq(applications.teamId, member.teamId));

  const epoch = await db.transaction(async (tx) => {
    const [row] = await tx
      .select({ id: applications.id, dailyCap: applications.dailyCap })
      .from(applications)
      .where(own)
      .for('no key update');
    if (!row) return null;
    await tx.update(applications).set({ dailyCap }).where(own);
    const change = { before: { dailyCap: row.dailyCap }, after: { dailyCap } };
    await recordAudit(tx, member, 'application.set_cap', { kind: 'application', id: appId }, change);
    return raiseEpoch(tx, { kind: 'application', id: row.id });
  });
  if (epoch === null) return { ok: false, reason: 'not_found' };
  return { ok: true, receipt: await confirmEpoch(db, epoch) };
}
