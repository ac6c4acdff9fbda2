import { and, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { members, teams } from '#db/schema/teams.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';

/** How long a deleted team can be restored, in days. */
export const RESTORE_DAYS = 30;

const OTHER_NAME = 'This isn’t the team’s name.';

/** The team's name as confirmation. Names have no control characters, and PostgreSQL can't compare a NUL. */
export const DeleteTeam = z.object({
  name: z
    .string()
    .max(200, OTHER_NAME)
    .regex(/^\P{Cc}*$/u, OTHER_NAME),
});

type Deleted = { ok: true; receipt: Receipt } | { ok: false; reason: 'not_found' | 'name_differs' };

/**
 * Deletes a team: its pages disappear, and every gateway in the receipt rejects its keys. No data is deleted, and an
 * owner can restore the team for 30 days. Every owner gets an email.
 */
export async function deleteTeam(
  { db, member, settings }: { db: Queryable; member: Member; settings: Settings },
  { name }: z.output<typeof DeleteTeam>,
): Promise<Deleted> {
  authorize(member, 'team.delete');
  const own = and(eq(teams.id, member.teamId), isNull(teams.deletedAt));

  const epoch = await db.transaction(async (tx) => {
    const [team] = await tx
      .update(teams)
      .set({ deletedAt: sql`now()`, deletedBy: member.memberId })
      .where(and(own, eq(teams.name, name.trim())))
      .returning({ name: teams.name, deletedAt: teams.deletedAt });
    if (!team?.deletedAt) return null;
    const subject = { kind: 'team' as const, id: member.teamId };
    await recordAudit(tx, member, 'team.delete', subject, { after: { name: team.name } });
    await notifyOwners({ db: tx, settings }, member, { name: team.name, deletedAt: team.deletedAt });
    return raiseEpoch(tx, { kind: 'team', id: member.teamId });
  });
  if (epoch !== null) return { ok: true, receipt: await confirmEpoch(db, epoch) };

  return { ok: false, reason: (await db.$count(teams, own)) > 0 ? 'name_differs' : 'not_found' };
}

async function notifyOwners(
  { db: tx, settings }: DbAndSettings,
  by: Member,
  team: { name: string; deletedAt: Date },
): Promise<void> {
  const owners = await tx
    .select({ name: users.name, email: users.email })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.teamId, by.teamId), eq(members.role, 'owner'), eq(members.status, 'active')));
  const until = new Date(team.deletedAt.getTime() + RESTORE_DAYS * 86_400_000).toISOString();
  const link = `${settings.portalUrl}/welcome?deleted=1`;
  for (const { name, email } of owners)
    await enqueueMail(
      { db: tx, settings },
      {
        to: email,
        template: 'team-deleted',
        props: { name, team: team.name, by: by.name, until, link },
      },
    );
}
