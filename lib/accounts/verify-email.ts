import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import type { User } from '#lib/access/member.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { consumeAccountToken, readAccountToken } from './account-token.ts';
import { knownDevice, rememberDevice } from './known-device.ts';
import { markVerified } from './mark-verified.ts';
import { PASSWORD_UNITS_MAX, TOO_LONG } from './password-rules.ts';
import { provePassword } from './verify-password.ts';

export const VerifyEmail = z.object({
  token: z.string().max(200),
  password: z.string().max(PASSWORD_UNITS_MAX, TOO_LONG).optional(),
});

type Context = {
  db: Db;
  settings: Settings;
  /** The signed-in user. */
  user?: User | null;
  /** Value of the device cookie. */
  device?: string | null;
};

type Verified =
  | { ok: true; device: string }
  | { ok: false; reason: 'dead_link' | 'password_needed' | 'wrong_password' };

/**
 * Verifies the address that a link was emailed to. The person who opens it may not be the one who signed up and chose
 * the password, so this also requires the browser of the sign-up, a session, or the password. Expired, used and unknown
 * links get the same response.
 */
export async function verifyEmail(
  { db, settings, user = null, device = null }: Context,
  { token, password }: z.output<typeof VerifyEmail>,
): Promise<Verified> {
  const userId = await readAccountToken(db, token, 'verify_email');
  if (!userId) return { ok: false, reason: 'dead_link' };
  const [account] = await db
    .select({ passwordHash: users.passwordHash, devicesValidFrom: users.devicesValidFrom })
    .from(users)
    .where(eq(users.id, userId));
  const signedUpHere =
    user?.userId === userId ||
    account?.passwordHash === null ||
    knownDevice(settings, device, { userId, devicesValidFrom: account?.devicesValidFrom ?? null }) !== null;
  if (!signedUpHere) {
    if (!password) return { ok: false, reason: 'password_needed' };
    if (!(await provePassword({ db, user: { userId } }, password)))
      return { ok: false, reason: 'wrong_password' };
  }
  return db.transaction(async (tx): Promise<Verified> => {
    if (!(await consumeAccountToken(tx, token, 'verify_email'))) return { ok: false, reason: 'dead_link' };
    await markVerified({ db: tx, settings }, userId, user?.userId === userId ? user.sessionId : undefined);
    await recordAudit(tx, 'system', 'account.verify_email', { kind: 'user', id: userId });
    return { ok: true, device: rememberDevice(settings, device, userId) };
  });
}
