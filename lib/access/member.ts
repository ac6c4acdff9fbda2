import { and, asc, eq, isNotNull, isNull, not, or } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { members, teams } from '#db/schema/teams.ts';
import type { Role } from './permissions.ts';

declare const proven: unique symbol;

/** A signed-in user, as returned by `findSession`. Only tests create it in any other way. */
export type User = {
  readonly userId: string;
  readonly sessionId: string;
  readonly name: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly isOperator: boolean;
  readonly hasSecondFactor: boolean;
  readonly ip: string | null;
};

/** An active member of one team. Only `findMember` (and test factories) creates it, and verbs require it. */
export type Member = {
  readonly [proven]: true;
  readonly memberId: string;
  readonly userId: string;
  readonly teamId: string;
  readonly teamSlug: string;
  readonly role: Role;
  readonly name: string;
  readonly email: string;
  readonly ip: string | null;
};

/** Actions can be called with any value, and PostgreSQL can't store NUL. */
const isSlug = (slug: unknown): boolean => typeof slug === 'string' && /^[a-z0-9-]{1,60}$/.test(slug);

/** The condition for a user to be a member of the team at `slug`, with or without two-factor authentication. */
const membership = (user: User, slug: string) =>
  and(
    eq(members.userId, user.userId),
    eq(teams.slug, slug),
    eq(members.status, 'active'),
    isNull(teams.deletedAt),
  );

/**
 * The user's membership of the team at `slug`, or null: another team and a missing one look the same. A team that requires
 * two-factor authentication is closed to members who haven't set it up; their keys keep working.
 */
export async function findMember(db: Queryable, user: User, slug: string): Promise<Member | null> {
  if (!isSlug(slug)) return null;
  const [row] = await db
    .select({ memberId: members.id, teamId: teams.id, teamSlug: teams.slug, role: members.role })
    .from(members)
    .innerJoin(teams, eq(teams.id, members.teamId))
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(membership(user, slug), or(not(teams.requiresTwoFactor), isNotNull(users.totpConfirmedAt))));
  return row ? mint({ ...row, userId: user.userId, name: user.name, email: user.email, ip: user.ip }) : null;
}

/** The name of the team at `slug` if the user can't open it only because two-factor authentication is missing, else null. */
export async function needsTwoFactor(db: Queryable, user: User, slug: string): Promise<string | null> {
  if (!isSlug(slug)) return null;
  const [row] = await db
    .select({ name: teams.name })
    .from(members)
    .innerJoin(teams, eq(teams.id, members.teamId))
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(membership(user, slug), teams.requiresTwoFactor, isNull(users.totpConfirmedAt)));
  return row?.name ?? null;
}

/** Brands a membership. For `findMember` and for factories in tests and seeds. */
export function mint(row: Omit<Member, typeof proven>): Member {
  return row as Member; // The brand only exists in types.
}

export type TeamChoice = { teamId: string; slug: string; name: string; role: Role };

/** The teams a user can switch between, by name. */
export async function listMemberships(db: Queryable, user: User): Promise<TeamChoice[]> {
  return db
    .select({ teamId: teams.id, slug: teams.slug, name: teams.name, role: members.role })
    .from(members)
    .innerJoin(teams, eq(teams.id, members.teamId))
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.userId, user.userId), eq(members.status, 'active'), isNull(teams.deletedAt)))
    .orderBy(asc(teams.name));
}
