import { eq } from 'drizzle-orm';
import { users } from '#db/schema/accounts.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import { enqueueMail, type MailProps } from '#lib/mail/enqueue.ts';

/** Notifies a user by email about a change to their two-factor authentication (ASVS 6.3.7). */
export async function mailTwoFactor(
  { db: tx, settings }: DbAndSettings,
  userId: string,
  change: MailProps['two-factor-changed']['change'],
): Promise<void> {
  const [user] = await tx
    .select({ email: users.email, name: users.name })
    .from(users)
    .where(eq(users.id, userId));
  const props = { name: user!.name, change, link: `${settings.portalUrl}/account` };
  await enqueueMail({ db: tx, settings }, { to: user!.email, template: 'two-factor-changed', props });
}
