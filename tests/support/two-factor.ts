import type { Db } from '#db/client.ts';
import type { users } from '#db/schema/accounts.ts';
import { beginTwoFactor } from '#lib/accounts/begin-two-factor.ts';
import { confirmTwoFactor } from '#lib/accounts/confirm-two-factor.ts';
import { hashPassword } from '#lib/accounts/password.ts';
import { totpCode } from '#lib/accounts/totp.ts';
import { settings } from '#tests/support/settings.ts';
import { aUser } from './factories.ts';

export const PASSWORD = 'violet canal ships at noon';

/** A person who knows their password. */
export async function aUserWithPassword(db: Db, values: Partial<typeof users.$inferInsert> = {}) {
  return aUser(db, { passwordHash: await hashPassword(PASSWORD), ...values });
}

/** A person whose two-factor authentication is on since `at`. The code of that time is used up. */
export async function aUserWithTwoFactor(db: Db, at: Date) {
  const user = await aUserWithPassword(db);
  const begun = await beginTwoFactor({ db, user, settings }, { current: PASSWORD });
  if (!begun.ok) throw new Error(begun.reason);
  const { secret } = begun;
  const confirmed = await confirmTwoFactor({ db, user, now: at, settings }, { code: totpCode(secret, at) });
  if (!confirmed.ok) throw new Error(confirmed.reason);
  return { user, secret, recoveryCodes: confirmed.recoveryCodes };
}
