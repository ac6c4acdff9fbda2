import { and, eq, isNotNull, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import type { User } from '#lib/access/member.ts';
import type { Settings } from '#lib/access/settings.ts';
import { seal } from '#lib/vault/seal.ts';
import { totpContext } from './consume-code.ts';
import { GivenPassword } from './password-rules.ts';
import { newTotpSecret, totpUri } from './totp.ts';
import { provePassword } from './verify-password.ts';

export const BeginTwoFactor = z.object({ current: GivenPassword });

type Begun =
  | { ok: true; secret: string; uri: string }
  | { ok: false; reason: 'wrong_password' | 'already_on' | 'email_not_verified' };

/**
 * Creates a secret for the user's authenticator app. It is shown once and takes effect with `confirmTwoFactor`; starting
 * over replaces it.
 */
export async function beginTwoFactor(
  { db, user, settings }: { db: Db; user: User; settings: Settings },
  input: z.output<typeof BeginTwoFactor>,
): Promise<Begun> {
  if (!user.emailVerified) return { ok: false, reason: 'email_not_verified' };
  if (!(await provePassword({ db, user }, input.current))) return { ok: false, reason: 'wrong_password' };
  const secret = newTotpSecret();
  const totpSealed = seal(secret, totpContext(user.userId), settings.encryptionKey);
  const begun = await db
    .update(users)
    .set({ totpSealed, totpLastStep: null })
    .where(and(eq(users.id, user.userId), isNull(users.totpConfirmedAt), isNotNull(users.emailVerifiedAt)))
    .returning({ id: users.id });
  if (begun.length === 0) return { ok: false, reason: 'already_on' };
  return { ok: true, secret, uri: totpUri(secret, user.email) };
}
