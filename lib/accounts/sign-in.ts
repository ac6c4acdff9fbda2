import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { type Origin, openSession } from '#lib/access/session.ts';
import type { Settings } from '#lib/access/settings.ts';
import { Mailbox } from '#lib/mail/address.ts';
import { consumeCode } from './consume-code.ts';
import { needRoomToHash } from './hashing-queue.ts';
import { hashPassword, needsRehash, passwordMatches } from './password.ts';
import { GivenPassword } from './password-rules.ts';
import { countFailure, mayTry } from './throttle.ts';

export const SignIn = z.object({
  email: Mailbox,
  password: GivenPassword,
  /** Of the app, or a recovery code; needed once two-factor authentication is on. */
  code: z.string().trim().max(100).optional(),
});

type SignedIn =
  | { ok: true; token: string }
  | {
      ok: false;
      /**
       * `refused`: unknown address, wrong password, wrong code and a running wait look, and take, the same.
       * `code_needed` is only said to whoever knows the password.
       */
      reason: 'refused' | 'code_needed';
    };

const REFUSED = { ok: false, reason: 'refused' } as const;

/** Checks e-mail, password and, where it is on, the second factor; opens a session and answers its token. Throws `HashingBusy`. */
export async function signIn(
  { db, origin, now = new Date(), settings }: { db: Db; origin: Origin; now?: Date; settings: Settings },
  input: z.output<typeof SignIn>,
): Promise<SignedIn> {
  needRoomToHash();
  const [user] = await db
    .select({ id: users.id, passwordHash: users.passwordHash, totpConfirmedAt: users.totpConfirmedAt })
    .from(users)
    .where(and(eq(users.email, input.email), mayTry));
  const stored = user?.passwordHash ?? null;
  const matches = await passwordMatches(input.password, stored);
  if (!user || stored === null || !matches) {
    await countFailure(db, eq(users.email, input.email));
    return REFUSED;
  }
  if (user.totpConfirmedAt && !input.code) return { ok: false, reason: 'code_needed' };
  const upgraded = needsRehash(stored) ? await hashPassword(input.password) : undefined;

  return db.transaction(async (tx) => {
    // Of many guesses at once, those that end after the wait began count for nothing; nor does a password that
    // was changed in the meantime. The lock lets codes be tried one after the other.
    const [still] = await tx
      .select({ totpConfirmedAt: users.totpConfirmedAt })
      .from(users)
      .where(and(eq(users.id, user.id), eq(users.passwordHash, stored), mayTry))
      .for('update');
    if (!still) return REFUSED;
    if (still.totpConfirmedAt && !(await consumeCode({ db: tx, settings }, user.id, input.code ?? '', now))) {
      await countFailure(tx, eq(users.id, user.id));
      return REFUSED;
    }
    await tx
      .update(users)
      .set({ failedSignIns: 0, throttledUntil: null, ...(upgraded ? { passwordHash: upgraded } : {}) })
      .where(eq(users.id, user.id));
    return { ok: true, token: await openSession(tx, user.id, origin) };
  });
}
