import { and, eq, isNull, ne } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { members, teams } from '#db/schema/teams.ts';
import { isCommonPassword } from './common-password.ts';
import { PASSWORD_UNITS_MAX, TOO_LONG, weakness } from './password-rules.ts';

/** Why a password is rejected, or null: the form's rules, plus the list of leaked passwords, which stays on the server. */
export function refusal(password: string, personal: readonly string[] = []): string | null {
  const reason = weakness(password, personal);
  if (reason) return reason;
  return isCommonPassword(password) ? 'This password appears in a list of leaked passwords.' : null;
}

/** A new password in a form. Longer ones are rejected before hashing. */
export const NewPassword = z
  .string({ error: 'Enter a password.' })
  .max(PASSWORD_UNITS_MAX, { abort: true, message: TOO_LONG })
  .superRefine((password, context) => {
    const reason = refusal(password);
    if (reason) context.addIssue({ code: 'custom', message: reason });
  });

/** Words an attacker would try first: the user's name and address, and the names of their teams (ASVS 6.2.11). */
export async function personalWords(db: Queryable, userId: string): Promise<string[]> {
  const [user] = await db
    .select({ name: users.name, email: users.email })
    .from(users)
    .where(eq(users.id, userId));
  const ofTeams = await db
    .select({ name: teams.name, slug: teams.slug })
    .from(members)
    .innerJoin(teams, eq(teams.id, members.teamId))
    .where(and(eq(members.userId, userId), ne(members.status, 'removed'), isNull(teams.deletedAt)));
  return [user?.name ?? '', user?.email ?? '', ...ofTeams.flatMap(({ name, slug }) => [name, slug])];
}
