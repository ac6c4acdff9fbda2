import { and, eq } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import type { User } from '#lib/access/member.ts';
import { passwordMatches } from './password.ts';
import { countFailure, mayTry } from './throttle.ts';

/** Said of a wrong password and of a running wait alike. */
export const NOT_YOUR_PASSWORD =
  'This is not your current password, or there were too many tries. Wait a little and try again.';

/** Whether somebody signed in knows his password. Wrong ones are counted and slowed down as at sign-in. */
export async function provePassword(
  { db, user }: { db: Db; user: Pick<User, 'userId'> },
  password: string,
): Promise<boolean> {
  const [row] = await db
    .select({ passwordHash: users.passwordHash })
    .from(users)
    .where(and(eq(users.id, user.userId), mayTry));
  if (await passwordMatches(password, row?.passwordHash ?? null)) return true;
  await countFailure(db, eq(users.id, user.userId));
  return false;
}
