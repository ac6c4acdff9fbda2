import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { consumeAccountToken } from './account-token.ts';
import { hashPassword } from './password.ts';
import { NewPassword } from './password-rules.ts';
import { setPassword } from './set-password.ts';

export const ResetPassword = z.object({ token: z.string().max(200), password: NewPassword });

/** Sets a new password with a mailed token. All sessions end. Having read the mail also confirms the address. */
export async function resetPassword(
  { db }: { db: Db },
  input: z.output<typeof ResetPassword>,
): Promise<{ ok: boolean }> {
  const passwordHash = await hashPassword(input.password);
  return db.transaction(async (tx) => {
    const userId = await consumeAccountToken(tx, input.token, 'reset_password');
    if (!userId) return { ok: false };
    await setPassword(tx, userId, passwordHash);
    await tx
      .update(users)
      .set({ emailVerifiedAt: sql`coalesce(${users.emailVerifiedAt}, now())` })
      .where(eq(users.id, userId));
    await recordAudit(tx, 'system', 'account.reset_password', { kind: 'user', id: userId });
    return { ok: true };
  });
}
