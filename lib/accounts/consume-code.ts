import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { users } from '#db/schema/accounts.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { unseal } from '#lib/vault/seal.ts';
import { mailTwoFactor } from './mail-two-factor.ts';
import { consumeRecoveryCode } from './recovery-codes.ts';
import { totpStep } from './totp.ts';

/** A sealed secret is bound to its user: it can be opened only for them. */
export const totpContext = (userId: string): string => `totp:${userId}`;

/** Uses up a code from the app or a recovery code. Returns false if it's wrong or used, or if two-factor is off. */
export async function consumeCode(
  { db: tx, settings }: DbAndSettings,
  userId: string,
  code: string,
  now: Date,
): Promise<boolean> {
  const digits = code.replace(/\s/g, '');
  // Only app codes need the encryption key. With a different key, recovery codes still work.
  if (/^\d{6}$/.test(digits)) return consumeTotp({ db: tx, settings }, userId, digits, now);
  if (!(await consumeRecoveryCode(tx, userId, code))) return false;
  await recordAudit(tx, 'system', 'account.use_recovery_code', { kind: 'user', id: userId });
  await mailTwoFactor({ db: tx, settings }, userId, 'recovery_code_used');
  return true;
}

/** A code works once: its time step must be later than the last used one (RFC 6238, 5.2). One of two attempts wins. */
async function consumeTotp(
  { db: tx, settings }: DbAndSettings,
  userId: string,
  code: string,
  now: Date,
): Promise<boolean> {
  const isOn = and(eq(users.id, userId), isNotNull(users.totpConfirmedAt));
  const [user] = await tx.select({ sealed: users.totpSealed }).from(users).where(isOn);
  if (!user?.sealed) return false;
  const step = totpStep(unseal(user.sealed, totpContext(userId), settings.encryptionKey), code, now);
  if (step === null) return false;
  const raised = await tx
    .update(users)
    .set({ totpLastStep: step })
    .where(and(isOn, sql`coalesce(${users.totpLastStep}, 0) < ${step}`))
    .returning({ id: users.id });
  return raised.length === 1;
}
