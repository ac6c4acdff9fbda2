import { and, desc, eq, gt, isNotNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { members, teams } from '#db/schema/teams.ts';
import { raiseEpoch } from '#lib/access/epoch.ts';
import type { User } from '#lib/access/member.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { ownedTeams, TEAMS_OWNED_MAX } from './create-team.ts';
import { RESTORE_DAYS } from './delete-team.ts';

export const RestoreTeam = z.object({ teamId: z.uuid() });

/** By the database's clock, in days of 24 hours. */
const isRestorable = gt(teams.deletedAt, sql`now() - make_interval(hours => ${RESTORE_DAYS * 24})`);

/** The authorization check. A deleted team has no members, so ownership is checked here. */
const ownedBy = (user: User) =>
  and(eq(members.userId, user.userId), eq(members.role, 'owner'), eq(members.status, 'active'));

/** Deleted teams that a user owned and can still restore, the latest first. */
export async function listDeletedTeams({ db, user }: { db: Queryable; user: User }) {
  return db
    .select({
      teamId: teams.id,
      name: teams.name,
      deletedAt: sql<Date>`${teams.deletedAt}`.mapWith(teams.deletedAt),
      until: sql<Date>`${teams.deletedAt} + make_interval(hours => ${RESTORE_DAYS * 24})`.mapWith(
        teams.deletedAt,
      ),
    })
    .from(teams)
    .innerJoin(members, eq(members.teamId, teams.id))
    .where(and(ownedBy(user), isRestorable))
    .orderBy(desc(teams.deletedAt));
}

type Restored =
  | { ok: true; slug: string; name: string }
  | { ok: false; reason: 'not_found' | 'too_many_teams' };

/** Restores a team deleted within the last 30 days with everything in it. Its keys work again. */
export async function restoreTeam(
  { db, user }: { db: Queryable; user: User },
  { teamId }: z.output<typeof RestoreTeam>,
): Promise<Restored> {
  return db.transaction(async (tx) => {
    // The lock keeps the count below exact until commit. Creating a team takes it too.
    await tx.select({ id: users.id }).from(users).where(eq(users.id, user.userId)).for('update');
    const [owner] = await tx
      .select({ memberId: members.id })
      .from(members)
      .where(and(eq(members.teamId, teamId), ownedBy(user)))
      .for('share');
    if (!owner) return { ok: false, reason: 'not_found' };
    if ((await ownedTeams(tx, user.userId)) >= TEAMS_OWNED_MAX)
      return { ok: false, reason: 'too_many_teams' };
    const [team] = await tx
      .update(teams)
      .set({ deletedAt: null, deletedBy: null })
      .where(and(eq(teams.id, teamId), isNotNull(teams.deletedAt), isRestorable))
      .returning({ slug: teams.slug, name: teams.name });
    if (!team) return { ok: false, reason: 'not_found' };

    const change = { teamId, after: { name: team.name } };
    await recordAudit(tx, user, 'team.restore', { kind: 'team', id: teamId }, change);
    // Nothing to wait for, but gateways still have its keys cached as rejected.
    await raiseEpoch(tx, { kind: 'team', id: teamId });
    return { ok: true, ...team };
  });
}
