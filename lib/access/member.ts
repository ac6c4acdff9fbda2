import { and, asc, eq, isNotNull, isNull, not, or } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { members, teams } from '#db/schema/teams.ts';
import type { Role } from './permissions.ts';

declare const proven: unique symbol;

/** Somebody signed in: proven by `findSession`, never built by hand outside tests. */
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

/** An active member of one team. Only `findMember` (and test factories) mint it; verbs take nothing less. */
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

/** What an address may hold: PostgreSQL takes no NUL, and whoever calls an action by hand may put anything there. */
const isSlug = (slug: unknown): boolean => typeof slug === 'string' && /^[a-z0-9-]{1,60}$/.test(slug);

/** What makes a user a member of the team at `slug`, whether or not his second factor is on. */
const membership = (user: User, slug: string) =>
  and(
    eq(members.userId, user.userId),
    eq(teams.slug, slug),
    eq(members.status, 'active'),
    isNull(teams.deletedAt),
  );

/**
 * The user's membership of the team at `slug`, or null: another's team and no team look alike. A team that requires
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

/** Name of the team at `slug`, if it is the user's and closed to him for want of a second factor; else null. */
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
  return row as Member; // The brand exists in types only.
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
