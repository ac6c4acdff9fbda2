import { and, eq, gt, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { accountTokens, users } from '#db/schema/accounts.ts';
import type { Settings } from '#lib/access/settings.ts';
import { Mailbox } from '#lib/mail/address.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';
import { makeAccountLink } from './account-token.ts';

export const ForgotPassword = z.object({ email: Mailbox });

/** Reset links per account and hour, so that nobody can flood a mailbox. The last link stays valid. */
export const RESET_MAILS_PER_HOUR = 5;

/** Emails a link to choose a new password if the address has an account. The caller can't tell which is the case. */
export async function forgotPassword(
  { db, settings }: { db: Db; settings: Settings },
  input: z.output<typeof ForgotPassword>,
): Promise<void> {
  await db.transaction(async (tx) => {
    const [user] = await tx
      .select({ id: users.id, name: users.name })
      .from(users)
      .where(eq(users.email, input.email))
      .for('update');
    if (!user) return;
    // The row lock keeps the count correct until commit.
    const mailed = await tx.$count(
      accountTokens,
      and(
        eq(accountTokens.userId, user.id),
        eq(accountTokens.kind, 'reset_password'),
        gt(accountTokens.createdAt, sql`now() - interval '1 hour'`),
      ),
    );
    if (mailed >= RESET_MAILS_PER_HOUR) return;
    const link = await makeAccountLink({ db: tx, settings }, user.id, 'reset_password');
    await enqueueMail(
      { db: tx, settings },
      { to: input.email, template: 'reset-password', props: { name: user.name, link } },
    );
  });
}
