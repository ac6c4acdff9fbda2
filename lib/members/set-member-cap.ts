import { and, eq, ne } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { members } from '#db/schema/teams.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { FIGURES, optionalFigure } from '#lib/teams/figures.ts';

/** Calls a UTC day; an empty field takes the cap away. */
export const SetMemberCap = z.object({ memberId: z.uuid(), dailyCap: optionalFigure(FIGURES.dailyQuota) });

type Set = { ok: true; receipt: Receipt } | { ok: false; reason: 'not_found' };

/** Says how much of the team's quota a member's own keys may use a day, from the receipt on. */
export async function setMemberCap(
  { db, member }: { db: Db; member: Member },
  { memberId, dailyCap }: z.output<typeof SetMemberCap>,
): Promise<Set> {
  authorize(member, 'quota.edit');
  const own = and(eq(members.id, memberId), eq(members.teamId, member.teamId), ne(members.status, 'removed'));

  const epoch = await db.transaction(async (tx) => {
    const [before] = await tx
      .select({ dailyCap: members.dailyCap })
      .from(members)
      .where(own)
      .for('no key update');
    if (!before) return null;
    await tx.update(members).set({ dailyCap }).where(own);
    const change = { before, after: { dailyCap } };
    await recordAudit(tx, member, 'member.set_cap', { kind: 'member', id: memberId }, change);
    return raiseEpoch(tx, { kind: 'member', id: memberId });
  });
  if (epoch === null) return { ok: false, reason: 'not_found' };
  return { ok: true, receipt: await confirmEpoch(db, epoch) };
}
