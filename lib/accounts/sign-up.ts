import { and, eq, gt, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { z } from 'zod';
import type { Db, Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { auditEvents } from '#db/schema/audit.ts';
import type { Settings } from '#lib/access/settings.ts';
import { PersonName } from '#lib/access/text.ts';
import { recordAudit } from '#lib/audit/record.ts';
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

type SignedUp = { ok: true } | { ok: false; reason: 'too_many' };

/**
 * Creates an account and mails a link to confirm its address. For an address that has one already nothing is
 * changed and its holder is told by mail; whoever asked sees no difference (ASVS 6.3.8). Above `signUpsPerHour`, over all
 * addresses, nothing is done (ASVS 2.4.1).
 */
export async function signUp(
  { db, settings }: { db: Db; settings: Settings },
  input: z.output<typeof SignUp>,
): Promise<SignedUp> {
  const passwordHash = await hashPassword(input.password);
  return db.transaction(async (tx) => {
    // The lock makes the count true until commit.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('sign-up', 0))`);
    if ((await signedUpLastHour(tx)) >= settings.signUpsPerHour) return { ok: false, reason: 'too_many' };
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
      if ((await mailedLastHour(tx, 'already-registered', input.email)) >= KNOWN_MAILS_PER_HOUR)
        return { ok: true };
      const props = {
        name: known?.name ?? '',
        signInLink: `${settings.portalUrl}/sign-in`,
        resetLink: `${settings.portalUrl}/forgot-password`,
      };
      await enqueueMail({ db: tx, settings }, { to: input.email, template: 'already-registered', props });
      return { ok: true };
    }
    const link = await makeAccountLink({ db: tx, settings }, created.id, 'verify_email');
    await enqueueMail(
      { db: tx, settings },
      { to: input.email, template: 'verify-email', props: { name: input.name, link } },
    );
    await recordAudit(
      tx,
      'system',
      'account.create',
      { kind: 'user', id: created.id },
      { after: { email: input.email, name: input.name, by: SIGN_UP } },
    );
    return { ok: true };
  });
}

/** Tells these accounts in the audit trail from those that an invitation made. */
const SIGN_UP = 'sign-up';

/** Accounts made, and holders told, by sign-ups of the last hour. */
async function signedUpLastHour(tx: Queryable): Promise<number> {
  // Ids are in order of time: this bounds what is read.
  const since = v7({ msecs: Date.now() - 2 * 3_600_000, random: new Uint8Array(16) });
  const made = await tx.$count(
    auditEvents,
    and(
      gt(auditEvents.id, since),
      gt(auditEvents.at, sql`now() - interval '1 hour'`),
      eq(auditEvents.action, 'account.create'),
      sql`${auditEvents.after} ->> 'by' = ${SIGN_UP}`,
    ),
  );
  return made + (await mailedLastHour(tx, 'already-registered'));
}
