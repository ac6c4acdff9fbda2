import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { type Origin, openSession } from '#lib/access/session.ts';
import type { Settings } from '#lib/access/settings.ts';
import { Mailbox } from '#lib/mail/address.ts';
import { consumeCode } from './consume-code.ts';
import { needRoomToHash } from './hashing-queue.ts';
import { knownDevice, rememberDevice } from './known-device.ts';
import { hashPassword, needsRehash, passwordMatches } from './password.ts';
import { GivenPassword } from './password-rules.ts';
import { canTry, countFailure, resetThrottle, type Source, sourceOf } from './throttle.ts';

export const SignIn = z.object({
  email: Mailbox,
  password: GivenPassword,
  /** From the authenticator app, or a recovery code. Required when two-factor authentication is on. */
  code: z.string().trim().max(100).optional(),
});

type SignedIn =
  | {
      ok: true;
      token: string;
      /** New value of the device cookie. */
      device: string;
    }
  | {
      ok: false;
      /**
       * `refused` is the same, and takes the same time, for an unknown address, a wrong password, a wrong code and a
       * wait. Only someone who knows the password gets `code_needed`.
       */
      reason: 'refused' | 'code_needed';
    };

type Context = {
  db: Db;
  origin: Origin;
  settings: Settings;
  /** Value of the device cookie. */
  device?: string | null;
  now?: Date;
};

const REFUSED = { ok: false, reason: 'refused' } as const;
/** Used in place of the ID of an account that doesn't exist, so that the same queries run. */
const NO_ACCOUNT = '00000000-0000-0000-0000-000000000000';
/** An address that no account has. */
const NO_EMAIL = '';

/**
 * Checks email, password and, if it's on, the second factor. Opens a session and returns its token. During a wait, the
 * second factor still gets in: its code is checked against a separate limit, which only someone who knows the password
 * can use up. Throws `HashingBusy`.
 */
export async function signIn(context: Context, input: z.output<typeof SignIn>): Promise<SignedIn> {
  const { db, origin, settings, device = null, now = new Date() } = context;
  needRoomToHash();
  const account = await findAccount(db, input.email);
  const code = account?.hasSecondFactor && input.code ? input.code : null;
  const source = sourceOf(account && knownDevice(settings, device, account, now), origin.ip);
  const canTryHere = await canTry(db, account?.userId ?? NO_ACCOUNT, source);
  const canTryCode = code !== null && (await canTry(db, account!.userId, 'code'));
  const stored = canTryHere || canTryCode ? (account?.passwordHash ?? null) : null;
  const matches = await passwordMatches(input.password, stored);
  if (!account || stored === null || !matches) {
    // During a wait nothing is counted, but the same statements run: else the time would show that the account exists.
    await countFailure(db, { email: canTryHere ? input.email : NO_EMAIL }, source, 'wrong_password');
    return REFUSED;
  }
  if (account.hasSecondFactor && code === null) return { ok: false, reason: 'code_needed' };
  const upgraded = needsRehash(stored) ? await hashPassword(input.password) : undefined;

  return finish(context, { ...account, stored, upgraded, source, code });
}

async function findAccount(db: Db, email: string) {
  const [row] = await db
    .select({
      userId: users.id,
      passwordHash: users.passwordHash,
      totpConfirmedAt: users.totpConfirmedAt,
      devicesValidFrom: users.devicesValidFrom,
    })
    .from(users)
    .where(eq(users.email, email));
  return row ? { ...row, hasSecondFactor: row.totpConfirmedAt !== null } : null;
}

type Proven = {
  userId: string;
  stored: string;
  upgraded: string | undefined;
  source: Source;
  code: string | null;
};

/** Opens the session after the password was verified, unless something changed while it was hashed. */
function finish(
  { db, origin, settings, device = null, now = new Date() }: Context,
  { userId, stored, upgraded, source, code }: Proven,
): Promise<SignedIn> {
  return db.transaction(async (tx) => {
    // Concurrent guesses that finish after the wait began don't count, nor does a password that was changed in the
    // meantime. The lock serializes the checks of codes.
    const [still] = await tx
      .select({ totpConfirmedAt: users.totpConfirmedAt })
      .from(users)
      .where(and(eq(users.id, userId), eq(users.passwordHash, stored)))
      .for('update');
    if (!still) return REFUSED;
    if (still.totpConfirmedAt !== null) {
      const checked = code !== null && (await canTry(tx, userId, 'code'));
      if (!checked) return REFUSED;
      if (!(await consumeCode({ db: tx, settings }, userId, code, now))) {
        await countFailure(tx, { userId }, source, 'wrong_code');
        await countFailure(tx, { userId }, 'code', 'wrong_code');
        return REFUSED;
      }
    } else if (!(await canTry(tx, userId, source))) return REFUSED;
    if (upgraded) await tx.update(users).set({ passwordHash: upgraded }).where(eq(users.id, userId));
    await resetThrottle(tx, userId, [source, 'code']);
    return {
      ok: true,
      token: await openSession(tx, userId, origin),
      device: rememberDevice(settings, device, userId, now),
    };
  });
}
