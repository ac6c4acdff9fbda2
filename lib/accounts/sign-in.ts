import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { type Origin, openSession } from '#lib/access/session.ts';
import { Mailbox } from '#lib/mail/address.ts';
import { hashPassword, needsRehash, passwordMatches } from './password.ts';
import { PASSWORD_MAX } from './password-rules.ts';

export const SignIn = z.object({
  email: Mailbox,
  password: z
    .string()
    .min(1)
    .max(PASSWORD_MAX * 4),
});

/** Wrong tries that cost nothing; each further one doubles the wait, up to a quarter of an hour. Never a lock. */
const FREE_TRIES = 5;
const WAIT_SECONDS_MAX = 900;

/**
 * Checks e-mail and password and opens a session; answers its token. Null says only that it did not work: unknown
 * address, wrong password and a running wait look, and take, the same.
 */
export async function signIn(
  { db, origin }: { db: Db; origin: Origin },
  input: z.output<typeof SignIn>,
): Promise<string | null> {
  const [user] = await db
    .select({
      id: users.id,
      passwordHash: users.passwordHash,
      waiting: sql<boolean>`coalesce(${users.throttledUntil} > now(), false)`,
    })
    .from(users)
    .where(eq(users.email, input.email));
  const evaluated = user && !user.waiting ? user : undefined;
  const matches = await passwordMatches(input.password, evaluated?.passwordHash ?? null);
  if (!evaluated) return null;
  if (!matches) {
    await db
      .update(users)
      .set({
        failedSignIns: sql`${users.failedSignIns} + 1`,
        throttledUntil: sql`case when ${users.failedSignIns} + 1 >= ${FREE_TRIES}
          then now() + make_interval(secs => least(${WAIT_SECONDS_MAX}, power(2, least(20, ${users.failedSignIns} + 1 - ${FREE_TRIES})))) end`,
      })
      .where(eq(users.id, evaluated.id));
    return null;
  }
  const upgraded =
    evaluated.passwordHash && needsRehash(evaluated.passwordHash)
      ? await hashPassword(input.password)
      : undefined;
  return db.transaction(async (tx) => {
    await tx
      .update(users)
      .set({ failedSignIns: 0, throttledUntil: null, ...(upgraded ? { passwordHash: upgraded } : {}) })
      .where(eq(users.id, evaluated.id));
    return openSession(tx, evaluated.id, origin);
  });
}
