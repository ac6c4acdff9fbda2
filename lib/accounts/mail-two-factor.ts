import { eq } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { env } from '#lib/env.ts';
import { enqueueMail, type MailProps } from '#lib/mail/enqueue.ts';

/** Tells a user by mail what has become of his second factor (ASVS 6.3.7). */
export async function mailTwoFactor(
  tx: Queryable,
  userId: string,
  change: MailProps['two-factor-changed']['change'],
): Promise<void> {
  const [user] = await tx
    .select({ email: users.email, name: users.name })
    .from(users)
    .where(eq(users.id, userId));
  const props = { name: user!.name, change, link: `${env().PORTAL_URL}/account` };
  await enqueueMail(tx, { to: user!.email, template: 'two-factor-changed', props });
}
