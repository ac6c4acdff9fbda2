import { and, eq, isNull, sql } from 'drizzle-orm';
import { accountTokens, users } from '#db/schema/accounts.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import { endSessions } from '#lib/access/session.ts';
import { promoteConfiguredOperator } from './configured-operator.ts';
import { deleteRecoveryCodes } from './recovery-codes.ts';
import { resetThrottle } from './throttle.ts';

/**
 * Records that a person has proven access to their mailbox. Anyone can sign up with someone else's address, so nothing
 * that was set up before is kept: two-factor authentication, recovery codes, links, known devices, and all sessions
 * except `keepSessionId`. Callers decide about the password.
 */
export async function markVerified(
  { db: tx, settings }: DbAndSettings,
  userId: string,
  keepSessionId?: string,
): Promise<void> {
  const [user] = await tx
    .update(users)
    .set({
      ...{ emailVerifiedAt: sql`now()`, devicesValidFrom: new Date() },
      ...{ totpSealed: null, totpConfirmedAt: null, totpLastStep: null },
    })
    .where(and(eq(users.id, userId), isNull(users.emailVerifiedAt)))
    .returning({ email: users.email });
  if (!user) return; // It was already verified.
  await deleteRecoveryCodes(tx, userId);
  await endSessions(tx, userId, 'email_verified', keepSessionId);
  await resetThrottle(tx, userId);
  await tx
    .update(accountTokens)
    .set({ usedAt: sql`now()` })
    .where(and(eq(accountTokens.userId, userId), isNull(accountTokens.usedAt)));
  await promoteConfiguredOperator({ db: tx, settings }, { userId, email: user.email });
}
