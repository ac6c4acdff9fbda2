import { randomBytes } from 'node:crypto';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { applications } from '#db/schema/applications.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members, teams } from '#db/schema/teams.ts';
import { type Member, mint, type User } from '#lib/access/member.ts';
import type { Role } from '#lib/access/permissions.ts';
import { mintKeyPair } from '#lib/credentials/format.ts';

const unique = () => randomBytes(6).toString('hex');

/** A signed-in person with a verified email address. */
export async function aUser(db: Db, values: Partial<typeof users.$inferInsert> = {}): Promise<User> {
  const [row] = await db
    .insert(users)
    .values({
      email: `person-${unique()}@example.com`,
      name: 'Ada Person',
      emailVerifiedAt: new Date(),
      ...values,
    })
    .returning();
  return {
    userId: row!.id,
    sessionId: crypto.randomUUID(),
    name: row!.name,
    email: row!.email,
    emailVerified: row!.emailVerifiedAt !== null,
    isOperator: row!.isOperator,
    hasSecondFactor: row!.totpConfirmedAt !== null,
    ip: '192.0.2.1',
  };
}

/** A new team with one active member of the given role, or another member of an existing team. */
export async function aMember(
  db: Db,
  role: Role,
  inTeam?: Pick<Member, 'teamId' | 'teamSlug'>,
): Promise<Member> {
  const user = await aUser(db);
  const team = inTeam ?? (await aTeam(db));
  const [row] = await db
    .insert(members)
    .values({ teamId: team.teamId, userId: user.userId, role })
    .returning({ id: members.id });
  return mint({
    ...team,
    memberId: row!.id,
    userId: user.userId,
    role,
    name: user.name,
    email: user.email,
    ip: user.ip,
  });
}

export async function aTeam(db: Db, values: Partial<typeof teams.$inferInsert> = {}) {
  const slug = `team-${unique()}`;
  const [row] = await db
    .insert(teams)
    .values({ slug, apiId: `team_${unique()}`, name: `Team ${slug}`, ...values })
    .returning({ teamId: teams.id, teamSlug: teams.slug });
  return row!;
}

/** An application of a team. */
export async function anApplication(
  db: Db,
  team: Pick<Member, 'teamId'>,
  values: Partial<typeof applications.$inferInsert> = {},
) {
  const [row] = await db
    .insert(applications)
    .values({ teamId: team.teamId, publicId: `app_${unique()}0000`, title: 'Storefront', ...values })
    .returning();
  return row!;
}

/** A key pair of an application, with the secret in plain text. */
export async function aCredential(
  db: Db,
  application: { id: string; teamId: string },
  values: Partial<typeof credentials.$inferInsert> = {},
) {
  const environment = values.environment ?? 'development';
  const { sharedKey, secretKey, ...stored } = mintKeyPair(environment);
  const [row] = await db
    .insert(credentials)
    .values({
      teamId: application.teamId,
      applicationId: application.id,
      environment,
      name: 'Key',
      ...stored,
      ...values,
    })
    .returning();
  return { ...row!, sharedKey, secretKey };
}
