import { and, eq, isNotNull, ne, or, sql } from 'drizzle-orm';
import { users } from '#db/schema/accounts.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { normalizeMailbox } from '#lib/mail/address.ts';

const configuredBy = { by: 'OPERATOR_EMAIL' };

/** Makes a verified account an operator if `OPERATOR_EMAIL` is its address. */
export async function promoteConfiguredOperator(
  { db, settings }: DbAndSettings,
  { userId, email }: { userId: string; email: string },
): Promise<void> {
  const { operatorEmail } = settings;
  if (!operatorEmail || normalizeMailbox(operatorEmail) !== email) return;
  await db.transaction(async (tx) => {
    const promoted = await tx
      .update(users)
      .set({ isOperator: true, operatorSource: 'configuration' })
      .where(and(eq(users.id, userId), eq(users.isOperator, false), isNotNull(users.emailVerifiedAt)))
      .returning({ id: users.id });
    if (promoted.length > 0)
      await recordAudit(tx, 'system', 'operator.add', { kind: 'user', id: userId }, { after: configuredBy });
  });
}

/**
 * Applies `OPERATOR_EMAIL` when a portal starts. The account with that address becomes an operator if the address is
 * verified, and accounts named by an earlier value stop being operators. Without a value nothing changes. Operators
 * added by the command line stay.
 */
export async function applyConfiguredOperator({ db, settings }: DbAndSettings): Promise<void> {
  const email = settings.operatorEmail && normalizeMailbox(settings.operatorEmail);
  if (!email) return;
  await db.transaction(async (tx) => {
    const removed = await tx
      .update(users)
      .set({ isOperator: false, operatorSource: null })
      .where(
        and(
          eq(users.isOperator, true),
          ne(users.email, email),
          or(eq(users.operatorSource, 'configuration'), sql`${users.operatorSource} is null`),
        ),
      )
      .returning({ id: users.id });
    for (const { id } of removed)
      await recordAudit(tx, 'system', 'operator.remove', { kind: 'user', id }, { after: configuredBy });
    const [named] = await tx.select({ userId: users.id }).from(users).where(eq(users.email, email));
    if (named) await promoteConfiguredOperator({ db: tx, settings }, { ...named, email });
  });
}
