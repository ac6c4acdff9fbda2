import { eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import type { User } from '#lib/access/member.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { mailTwoFactor } from './mail-two-factor.ts';
import { deleteRecoveryCodes } from './recovery-codes.ts';
import { type BothFactors, type Unproven, withBothFactors } from './verify-both-factors.ts';

/** Turns off two-factor authentication and deletes its secret and recovery codes. */
export async function turnOffTwoFactor(
  context: { db: Db; user: User; now?: Date; settings: Settings },
  input: z.output<typeof BothFactors>,
): Promise<{ ok: true } | Unproven> {
  const { user, settings } = context;
  return withBothFactors(context, input, async (tx) => {
    await tx
      .update(users)
      .set({ totpSealed: null, totpConfirmedAt: null, totpLastStep: null })
      .where(eq(users.id, user.userId));
    await deleteRecoveryCodes(tx, user.userId);
    await recordAudit(tx, user, 'account.two_factor_off', { kind: 'user', id: user.userId });
    await mailTwoFactor({ db: tx, settings }, user.userId, 'off');
    return { ok: true };
  });
}
