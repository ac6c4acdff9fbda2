import type { Db } from '#db/client.ts';
import type { users } from '#db/schema/accounts.ts';
import { members } from '#db/schema/teams.ts';
import { mint, type User } from '#lib/access/member.ts';
import type { Role } from '#lib/access/permissions.ts';
import { hashPassword } from '#lib/accounts/password.ts';
import { aTeam, aUser } from './factories.ts';

export const SHARED_PASSWORD = 'violet canal ships at noon';
let hash: Promise<string> | undefined;

/** People who can sign in. They share one password, hashed once: hashing hundreds would take minutes. */
export async function aPerson(db: Db, values: Partial<typeof users.$inferInsert> = {}) {
  hash ??= hashPassword(SHARED_PASSWORD);
  const user = await aUser(db, { passwordHash: await hash, ...values });
  return { user, account: { email: user.email, password: SHARED_PASSWORD } };
}

/** A membership for an existing person. */
export async function aMembership(
  db: Db,
  user: User,
  role: Role,
  team: { teamId: string; teamSlug: string },
  status: 'active' | 'suspended' = 'active',
) {
  const [row] = await db
    .insert(members)
    .values({ teamId: team.teamId, userId: user.userId, role, status })
    .returning({ id: members.id });
  const { userId, name, email, ip } = user;
  return mint({ memberId: row!.id, ...team, userId, role, name, email, ip });
}

export { aTeam };
