import { eq } from 'drizzle-orm';
import { users } from '#db/schema/accounts.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import { endSessions } from '#lib/access/session.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';
import { resetThrottle } from './throttle.ts';

/**
 * Stores a new password, ends all of the user's sessions except one, forgets their known devices, and notifies them by
 * email (ASVS 6.3.7, 7.4.3).
 */
export async function setPassword(
  { db: tx, settings }: DbAndSettings,
  userId: string,
  passwordHash: string,
  keepSessionId?: string,
): Promise<void> {
  const [user] = await tx
    .update(users)
    .set({ passwordHash, devicesValidFrom: new Date() })
    .where(eq(users.id, userId))
    .returning({ email: users.email, name: users.name });
  await resetThrottle(tx, userId);
  await endSessions(tx, userId, 'password_changed', keepSessionId);
  const props = { name: user!.name, resetLink: `${settings.portalUrl}/forgot-password` };
  await enqueueMail({ db: tx, settings }, { to: user!.email, template: 'password-changed', props });
}
