import { and, eq, gte, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { members, teams } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';

/** A team's settings, how many active members confirmed the guidelines, and the reader's own two-factor state. */
export async function readSettings({ db, member }: { db: Queryable; member: Member }) {
  authorize(member, 'team.view');
  const [[team], [people], [own]] = await Promise.all([
    db
      .select({
        name: teams.name,
        description: teams.description,
        apiId: teams.apiId,
        slug: teams.slug,
        guidelines: teams.guidelines,
        guidelinesAt: teams.guidelinesAt,
        requiresTwoFactor: teams.requiresTwoFactor,
        reviewDays: teams.reviewDays,
        createdAt: teams.createdAt,
      })
      .from(teams)
      .where(eq(teams.id, member.teamId)),
    db
      .select({
        active: sql<number>`count(*)::int`,
        confirmed: sql<number>`count(*) filter (where ${gte(members.guidelinesConfirmedAt, teams.guidelinesAt)})::int`,
        withTwoFactor: sql<number>`count(${users.totpConfirmedAt})::int`,
      })
      .from(members)
      .innerJoin(teams, eq(teams.id, members.teamId))
      .innerJoin(users, eq(users.id, members.userId))
      .where(and(eq(members.teamId, member.teamId), eq(members.status, 'active'))),
    db
      .select({
        confirmedAt: members.guidelinesConfirmedAt,
        hasTwoFactor: sql<boolean>`${users.totpConfirmedAt} is not null`,
      })
      .from(members)
      .innerJoin(users, eq(users.id, members.userId))
      .where(and(eq(members.teamId, member.teamId), eq(members.id, member.memberId))),
  ]);
  const at = team!.guidelinesAt;
  const confirmedAt = own!.confirmedAt;
  // A member proves that the team and the membership exist. An aggregate has one row.
  return {
    ...team!,
    people: people!,
    own: {
      hasTwoFactor: own!.hasTwoFactor,
      /** When the reader confirmed the current guidelines. Null if they haven't. */
      confirmedAt: at && confirmedAt && confirmedAt >= at ? confirmedAt : null,
    },
  };
}

export type Settings = Awaited<ReturnType<typeof readSettings>>;
