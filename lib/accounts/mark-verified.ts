import { eq, sql } from 'drizzle-orm';
import { users } from '#db/schema/accounts.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { normaliseMailbox } from '#lib/mail/address.ts';

/** Notes that a person has proven to read his mailbox. Whoever the configuration names as operator becomes it. */
export async function markVerified({ db: tx, settings }: DbAndSettings, userId: string): Promise<void> {
  const [user] = await tx
    .update(users)
    .set({ emailVerifiedAt: sql`coalesce(${users.emailVerifiedAt}, now())` })
    .where(eq(users.id, userId))
    .returning({ email: users.email, isOperator: users.isOperator });
  // The one who runs this installation is named in its configuration, and is who can read that mailbox.
  const operator = settings.operatorEmail;
  if (!user || user.isOperator || !operator || normaliseMailbox(operator) !== user.email) return;
  await tx.update(users).set({ isOperator: true }).where(eq(users.id, userId));
  await recordAudit(tx, 'system', 'account.make_operator', { kind: 'user', id: userId });
}
