import { eq, sql } from 'drizzle-orm';
import { users } from '#db/schema/accounts.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import { endSessions } from '#lib/access/session.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';

/** Stores a new password, ends the user's sessions but one, and tells him by mail (ASVS 6.3.7, 7.4.3). */
export async function setPassword(
  { db: tx, settings }: DbAndSettings,
  userId: string,
  passwordHash: string,
  keepSessionId?: string,
): Promise<void> {
  const [user] = await tx
    .update(users)
    .set({ passwordHash, failedSignIns: 0, throttledUntil: sql`null` })
    .where(eq(users.id, userId))
    .returning({ email: users.email, name: users.name });
  await endSessions(tx, userId, 'password_changed', keepSessionId);
  const props = { name: user!.name, resetLink: `${settings.portalUrl}/forgot-password` };
  await enqueueMail({ db: tx, settings }, { to: user!.email, template: 'password-changed', props });
}
