import { and, eq, isNull, ne } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { teams } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';

export const RequireTwoFactor = z.object({
  required: z.enum(['true', 'false']).transform((text) => text === 'true'),
});

type Required = { ok: true } | { ok: false; reason: 'not_found' | 'own_missing' };

/**
 * Sets whether members need two-factor authentication. Only an owner who has set it up can require it: otherwise they
 * would lock themselves out.
 */
export async function requireTwoFactor(
  { db, member }: { db: Queryable; member: Member },
  { required }: z.output<typeof RequireTwoFactor>,
): Promise<Required> {
  authorize(member, 'team.edit');

  return db.transaction(async (tx) => {
    // The lock keeps two-factor authentication from being turned off in between.
    const [own] = await tx
      .select({ since: users.totpConfirmedAt })
      .from(users)
      .where(eq(users.id, member.userId))
      .for('share');
    if (required && !own?.since) return { ok: false, reason: 'own_missing' };

    const team = and(eq(teams.id, member.teamId), isNull(teams.deletedAt));
    const [changed] = await tx
      .update(teams)
      .set({ requiresTwoFactor: required })
      .where(and(team, ne(teams.requiresTwoFactor, required)))
      .returning({ id: teams.id });
    if (!changed)
      return (await tx.$count(teams, team)) > 0 ? { ok: true } : { ok: false, reason: 'not_found' };
    await recordAudit(
      tx,
      member,
      'team.require_two_factor',
      { kind: 'team', id: member.teamId },
      { before: { required: !required }, after: { required } },
    );
    return { ok: true };
  });
}
