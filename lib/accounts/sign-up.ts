import { eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { PersonName } from '#lib/access/text.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { env } from '#lib/env.ts';
import { Mailbox } from '#lib/mail/address.ts';
import { enqueueMail } from '#lib/mail/enqueue.ts';
import { mailedLastHour } from '#lib/mail/mailed-last-hour.ts';
import { makeAccountLink } from './account-token.ts';
import { NewPassword, refusal } from './new-password.ts';
import { hashPassword } from './password.ts';

export const SignUp = z
  .object({
    name: PersonName(),
    email: Mailbox,
    password: NewPassword,
  })
  .superRefine(({ name, email, password }, context) => {
    // What is refused as any password is has its reason already.
    const reason = refusal(password) ? null : refusal(password, [name, email]);
    if (reason) context.addIssue({ code: 'custom', path: ['password'], message: reason });
  });

/** Mails an hour that tell a holder of somebody who signs up with his address: nobody can flood another's mailbox. */
export const KNOWN_MAILS_PER_HOUR = 5;

/**
 * Creates an account and mails a link to confirm its address. For an address that has one already nothing is
 * changed and its holder is told by mail; whoever asked sees no difference (ASVS 6.3.8).
 */
export async function signUp({ db }: { db: Db }, input: z.output<typeof SignUp>): Promise<void> {
  const passwordHash = await hashPassword(input.password);
  await db.transaction(async (tx) => {
    const [created] = await tx
      .insert(users)
      .values({ email: input.email, name: input.name, passwordHash })
      .onConflictDoNothing()
      .returning({ id: users.id });
    if (!created) {
      // The row lock makes the count true until commit.
      const [known] = await tx
        .select({ name: users.name })
        .from(users)
        .where(eq(users.email, input.email))
        .for('update');
      if ((await mailedLastHour(tx, 'already-registered', input.email)) >= KNOWN_MAILS_PER_HOUR) return;
      const { PORTAL_URL } = env();
      const props = {
        name: known?.name ?? '',
        signInLink: `${PORTAL_URL}/sign-in`,
        resetLink: `${PORTAL_URL}/forgot-password`,
      };
      await enqueueMail(tx, { to: input.email, template: 'already-registered', props });
      return;
    }
    const link = await makeAccountLink(tx, created.id, 'verify_email');
    await enqueueMail(tx, { to: input.email, template: 'verify-email', props: { name: input.name, link } });
    await recordAudit(
      tx,
      'system',
      'account.create',
      { kind: 'user', id: created.id },
      { after: { email: input.email, name: input.name } },
    );
  });
}
