import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { members, teams } from '#db/schema/teams.ts';
import type { Settings } from '#lib/access/settings.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';
import { lastFinishedAt, reviewDueAt } from './read-review.ts';

/** A review is due and no reminder was sent yet. A team of one has nobody to review. */
const toRemind = and(
  isNull(teams.deletedAt),
  sql`${reviewDueAt} <= now()`,
  sql`(${teams.reviewRemindedAt} is null or ${teams.reviewRemindedAt} < ${reviewDueAt})`,
  sql`(select count(*) from ${members} where ${eq(members.teamId, teams.id)} and ${members.status} <> 'removed') > 1`,
);

/**
 * Emails the owners of every team whose membership review is due, once per due date: if several processes run this at the
 * same time, the update lets one through. Returns how many teams were reminded.
 */
export async function remindReviews({
  db,
  settings,
}: {
  db: Queryable;
  settings: Settings;
}): Promise<number> {
  const due = await db.select({ id: teams.id }).from(teams).where(toRemind);
  let reminded = 0;
  for (const { id } of due) if (await remindTeam({ db, settings }, id)) reminded++;
  return reminded;
}

function remindTeam(
  { db, settings }: { db: Queryable; settings: Settings },
  teamId: string,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [team] = await tx
      .update(teams)
      .set({ reviewRemindedAt: sql`now()` })
      .where(and(eq(teams.id, teamId), toRemind))
      .returning({
        name: teams.name,
        slug: teams.slug,
        days: sql<number>`floor(extract(epoch from now() - coalesce(${lastFinishedAt}, ${teams.createdAt})) / 86400)::int`,
      });
    if (!team) return false;
    const owners = await tx
      .select({ name: users.name, email: users.email })
      .from(members)
      .innerJoin(users, eq(users.id, members.userId))
      .where(and(eq(members.teamId, teamId), eq(members.role, 'owner'), eq(members.status, 'active')));
    const link = `${settings.portalUrl}/t/${team.slug}/members/review`;
    for (const { name, email } of owners)
      await enqueueMail(
        { db: tx, settings },
        {
          to: email,
          template: 'review-due',
          props: { name, team: team.name, days: team.days, link },
        },
      );
    return true;
  });
}
