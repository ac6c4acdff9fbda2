import { and, eq, isNull } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import type { User } from '#lib/access/member.ts';
import type { Settings } from '#lib/access/settings.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';
import { mailedLastHour } from '#lib/mail/mailed-last-hour.ts';
import { makeAccountLink } from './account-token.ts';

/** Links per address and hour. Until it's verified, the address may be someone else's. The last link stays valid. */
export const VERIFY_MAILS_PER_HOUR = 5;

/** Emails a new link to verify the user's address and revokes the previous one. Does nothing if it's verified. */
export async function resendVerification({
  db,
  user,
  settings,
}: {
  db: Db;
  user: User;
  settings: Settings;
}): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx
      .select({ email: users.email, name: users.name })
      .from(users)
      .where(and(eq(users.id, user.userId), isNull(users.emailVerifiedAt)))
      .for('update');
    if (!row || (await mailedLastHour(tx, 'verify-email', row.email)) >= VERIFY_MAILS_PER_HOUR) return;
    const link = await makeAccountLink({ db: tx, settings }, user.userId, 'verify_email');
    await enqueueMail(
      { db: tx, settings },
      { to: row.email, template: 'verify-email', props: { name: row.name, link } },
    );
  });
}
