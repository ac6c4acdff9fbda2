import { eq } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import type { User } from '#lib/access/member.ts';
import { passwordMatches } from './password.ts';
import { canTry, countFailure } from './throttle.ts';

/** The message for both a wrong password and a running wait. */
export const NOT_YOUR_PASSWORD = 'Incorrect password, or too many attempts. Wait a moment and try again.';

/** Whether a signed-in user knows their password. Failures are counted and throttled separately from sign-ins. */
export async function provePassword(
  { db, user }: { db: Db; user: Pick<User, 'userId'> },
  password: string,
): Promise<boolean> {
  const [row] = await db
    .select({ passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.id, user.userId));
  const checked = await canTry(db, user.userId, 'session');
  if (await passwordMatches(password, checked ? (row?.passwordHash ?? null) : null)) return true;
  if (checked) await countFailure(db, user, 'session', 'wrong_password');
  return false;
}
