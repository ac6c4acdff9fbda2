import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import type { User } from '#lib/access/member.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { unseal } from '#lib/vault/seal.ts';
import { AppCode } from './app-code.ts';
import { totpContext } from './consume-code.ts';
import { mailTwoFactor } from './mail-two-factor.ts';
import { replaceRecoveryCodes } from './recovery-codes.ts';
import { totpStep } from './totp.ts';

export const ConfirmTwoFactor = z.object({ code: AppCode });

type Confirmed = { ok: true; recoveryCodes: string[] } | { ok: false; reason: 'wrong_code' | 'not_begun' };

/** Turns on two-factor authentication, once a code shows that the authenticator app has the secret. */
export async function confirmTwoFactor(
  { db, user, now = new Date(), settings }: { db: Db; user: User; now?: Date; settings: Settings },
  input: z.output<typeof ConfirmTwoFactor>,
): Promise<Confirmed> {
  return db.transaction(async (tx) => {
    const [begun] = await tx
      .select({ sealed: users.totpSealed })
      .from(users)
      .where(and(eq(users.id, user.userId), isNull(users.totpConfirmedAt), isNotNull(users.emailVerifiedAt)))
      .for('update');
    if (!begun?.sealed) return { ok: false, reason: 'not_begun' };
    const secret = unseal(begun.sealed, totpContext(user.userId), settings.encryptionKey);
    const step = totpStep(secret, input.code, now);
    if (step === null) return { ok: false, reason: 'wrong_code' };

    await tx
      .update(users)
      .set({ totpConfirmedAt: sql`now()`, totpLastStep: step })
      .where(eq(users.id, user.userId));
    const recoveryCodes = await replaceRecoveryCodes(tx, user.userId);
    await recordAudit(tx, user, 'account.two_factor_on', { kind: 'user', id: user.userId });
    await mailTwoFactor({ db: tx, settings }, user.userId, 'on');
    return { ok: true, recoveryCodes };
  });
}
