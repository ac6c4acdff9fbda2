import { and, eq, ne } from 'drizzle-orm';
import type { z } from 'zod';
import type { Db } from '#db/client.ts';
import { members } from '#db/schema/teams.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { FIGURES, optionalFigure } from '#lib/teams/figures.ts';
import { OneMember } from './input.ts';

/** Requests per UTC day. An empty field removes the limit. */
export const SetMemberCap = OneMember.extend({ dailyCap: optionalFigure(FIGURES.dailyQuota) });

/** No receipt if nothing changed. */
type Set = { ok: true; receipt: Receipt | null } | { ok: false; reason: 'not_found' };

/** Sets how many requests a day a member's own keys can make, effective on every gateway in the receipt. */
export async function setMemberCap(
  { db, member }: { db: Db; member: Member },
  { memberId, dailyCap }: z.output<typeof SetMemberCap>,
): Promise<Set> {
  authorize(member, 'quota.edit');
  const own = and(eq(members.id, memberId), eq(members.teamId, member.teamId), ne(members.status, 'removed'));

  const epoch = await db.transaction(async (tx): Promise<number | 'not_found' | 'unchanged'> => {
    const [before] = await tx
      .select({ dailyCap: members.dailyCap })
      .from(members)
      .where(own)
      .for('no key update');
    if (!before) return 'not_found';
    if (before.dailyCap === dailyCap) return 'unchanged';
    await tx.update(members).set({ dailyCap }).where(own);
    const change = { before, after: { dailyCap } };
    await recordAudit(tx, member, 'member.set_cap', { kind: 'member', id: memberId }, change);
    return raiseEpoch(tx, { kind: 'member', id: memberId });
  });
  if (epoch === 'not_found') return { ok: false, reason: 'not_found' };
  if (epoch === 'unchanged') return { ok: true, receipt: null };
  return { ok: true, receipt: await confirmEpoch(db, epoch) };
}
