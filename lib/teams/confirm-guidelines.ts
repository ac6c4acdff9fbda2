import { and, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { members, teams } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';

/** The version on the page: `guidelinesAt` in ISO 8601. */
export const ConfirmGuidelines = z.object({ version: z.iso.datetime() });

type Confirmed = { ok: true } | { ok: false; reason: 'changed' };

/** Records that a member read the guidelines. If the text has changed in the meantime, nothing is confirmed. */
export async function confirmGuidelines(
  { db, member }: { db: Queryable; member: Member },
  { version }: z.output<typeof ConfirmGuidelines>,
): Promise<Confirmed> {
  authorize(member, 'guidelines.confirm');

  return db.transaction(async (tx) => {
    // The lock keeps the text unchanged until the confirmation is stored.
    const [team] = await tx
      .select({ at: teams.guidelinesAt })
      .from(teams)
      .where(and(eq(teams.id, member.teamId), isNull(teams.deletedAt)))
      .for('share');
    if (team?.at?.getTime() !== new Date(version).getTime()) return { ok: false, reason: 'changed' };

    const confirmed = await tx
      .update(members)
      .set({ guidelinesConfirmedAt: sql`clock_timestamp()` })
      .where(
        and(
          eq(members.teamId, member.teamId),
          eq(members.id, member.memberId),
          sql`(${members.guidelinesConfirmedAt} is null or ${members.guidelinesConfirmedAt} < ${team.at.toISOString()}::timestamptz)`,
        ),
      )
      .returning({ id: members.id });
    // Confirming again changes nothing.
    if (confirmed.length > 0)
      await recordAudit(
        tx,
        member,
        'guidelines.confirm',
        { kind: 'team', id: member.teamId },
        { after: { version } },
      );
    return { ok: true };
  });
}
