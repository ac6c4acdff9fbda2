import { and, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { members, teams } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { plainText } from '#lib/access/text.ts';
import { recordAudit } from '#lib/audit/record.ts';

const GUIDELINES_MAX = 20_000;

/** How many characters of each text are kept in the audit log. */
const EXCERPT = 500;

export const SetGuidelines = z.object({
  guidelines: plainText('guidelines', { max: GUIDELINES_MAX, lines: 'many' }),
});

/**
 * Sets the text that members read and confirm. Empty for none. After a change, everyone except the actor must confirm
 * again. Setting the same text changes nothing.
 */
export async function setGuidelines(
  { db, member }: { db: Queryable; member: Member },
  { guidelines }: z.output<typeof SetGuidelines>,
): Promise<{ ok: true; changed: boolean } | { ok: false; reason: 'not_found' }> {
  authorize(member, 'team.edit');
  const own = and(eq(teams.id, member.teamId), isNull(teams.deletedAt));

  return db.transaction(async (tx) => {
    const [team] = await tx
      .select({ guidelines: teams.guidelines })
      .from(teams)
      .where(own)
      .for('no key update');
    if (!team) return { ok: false, reason: 'not_found' };
    if (team.guidelines === guidelines) return { ok: true, changed: false };

    // In milliseconds, like dates in forms, so that a confirmation can name the version.
    const at = guidelines ? sql`date_trunc('milliseconds', clock_timestamp())` : null;
    await tx.update(teams).set({ guidelines, guidelinesAt: at }).where(own);
    await tx
      .update(members)
      .set({ guidelinesConfirmedAt: sql`${tx.select({ at: teams.guidelinesAt }).from(teams).where(own)}` })
      .where(and(eq(members.teamId, member.teamId), eq(members.id, member.memberId)));
    const before = { guidelines: excerpt(team.guidelines) };
    const after = { guidelines: excerpt(guidelines) };
    await recordAudit(tx, member, 'guidelines.set', { kind: 'team', id: member.teamId }, { before, after });
    return { ok: true, changed: true };
  });
}

const excerpt = (text: string) =>
  text.length > EXCERPT ? `${text.slice(0, EXCERPT)}… (${text.length} characters)` : text;
