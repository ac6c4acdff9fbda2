import { isDeepStrictEqual } from 'node:util';
import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { teams } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { CreateTeam } from './create-team.ts';

/** Choices for the days between membership reviews. */
const REVIEW_DAYS = [30, 60, 90, 180] as const;

export const EditTeam = z.object({
  ...CreateTeam.shape,
  reviewDays: z.coerce
    .number({ error: 'Choose an interval.' })
    .refine((days) => REVIEW_DAYS.some((choice) => choice === days), 'Choose an interval.'),
});

/** Changes a team's name, description and review interval. Its URL and API ID stay. Saving the same changes nothing. */
export async function editTeam(
  { db, member }: { db: Queryable; member: Member },
  { name, description, reviewDays }: z.output<typeof EditTeam>,
): Promise<{ ok: true } | { ok: false; reason: 'not_found' }> {
  authorize(member, 'team.edit');
  const own = and(eq(teams.id, member.teamId), isNull(teams.deletedAt));

  return db.transaction(async (tx) => {
    const [before] = await tx
      .select({ name: teams.name, description: teams.description, reviewDays: teams.reviewDays })
      .from(teams)
      .where(own)
      .for('no key update');
    if (!before) return { ok: false, reason: 'not_found' };

    const after = { name, description, reviewDays };
    if (isDeepStrictEqual(before, after)) return { ok: true };
    await tx.update(teams).set(after).where(own);
    await recordAudit(tx, member, 'team.edit', { kind: 'team', id: member.teamId }, { before, after });
    return { ok: true };
  });
}
