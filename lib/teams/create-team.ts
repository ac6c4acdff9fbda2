import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db, Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { applications } from '#db/schema/applications.ts';
import { members, teams } from '#db/schema/teams.ts';
import type { User } from '#lib/access/member.ts';
import { plainText } from '#lib/access/text.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { randomBase62 } from '#lib/vault/tokens.ts';
import { slugOf } from './slug.ts';

/** How many teams one person can own, so that nobody can fill the database. */
export const TEAMS_OWNED_MAX = 50;

export const CreateTeam = z.object({
  name: plainText('team name', { min: 1, max: 60 }),
  description: plainText('description', { max: 500, lines: 'many' }).default(''),
});

type Created = { ok: true; slug: string } | { ok: false; reason: 'email_not_verified' | 'too_many_teams' };

/** Creates a team with its default app. The user becomes its owner. */
export async function createTeam(
  { db, user }: { db: Db; user: User },
  input: z.output<typeof CreateTeam>,
): Promise<Created> {
  return db.transaction(async (tx) => {
    // The lock keeps the count below exact until commit.
    const [person] = await tx
      .select({ verifiedAt: users.emailVerifiedAt })
      .from(users)
      .where(eq(users.id, user.userId))
      .for('update');
    if (!person?.verifiedAt) return { ok: false, reason: 'email_not_verified' };
    if ((await ownedTeams(tx, user.userId)) >= TEAMS_OWNED_MAX)
      return { ok: false, reason: 'too_many_teams' };

    const team = await insertTeam(tx, input);
    const [owner] = await tx
      .insert(members)
      .values({ teamId: team.id, userId: user.userId, role: 'owner' })
      .returning({ id: members.id });
    // Inserted here because the applications room comes later, and no team exists without a default app.
    await tx.insert(applications).values({
      teamId: team.id,
      publicId: `app_${randomBase62(16)}`,
      title: 'Default app',
      description: 'Holds keys that don’t belong to another app.',
      isDefault: true,
      createdBy: owner!.id,
    });
    await recordAudit(
      tx,
      user,
      'team.create',
      { kind: 'team', id: team.id },
      { teamId: team.id, after: { name: input.name, slug: team.slug } },
    );
    return { ok: true, slug: team.slug };
  });
}

/** Inserts with the name's slug, or with the lowest free number appended. The unique index resolves conflicts. */
async function insertTeam(tx: Queryable, input: z.output<typeof CreateTeam>) {
  const base = slugOf(input.name);
  for (let attempt = 0; ; attempt++) {
    const slug = candidate(base, attempt);
    const [row] = await tx
      .insert(teams)
      .values({ slug, apiId: `team_${randomBase62(16)}`, name: input.name, description: input.description })
      .onConflictDoNothing({ target: teams.slug })
      .returning({ id: teams.id, slug: teams.slug });
    if (row) return row;
  }
}

const NUMBERED_MAX = 20;

/** acme, acme-2, … acme-20, then acme and six random characters. "team" if the name yields no slug. */
function candidate(base: string | null, attempt: number): string {
  if (base && attempt === 0) return base;
  if (base && attempt < NUMBERED_MAX) return `${base}-${attempt + 1}`;
  return `${base ?? 'team'}-${randomBase62(6).toLowerCase()}`;
}

/** How many teams a user owns, without deleted ones. */
export async function ownedTeams(tx: Queryable, userId: string): Promise<number> {
  const [row] = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(members)
    .innerJoin(teams, eq(teams.id, members.teamId))
    .where(
      sql`${members.userId} = ${userId} and ${members.role} = 'owner' and ${members.status} = 'active' and ${teams.deletedAt} is null`,
    );
  return row?.count ?? 0;
}
