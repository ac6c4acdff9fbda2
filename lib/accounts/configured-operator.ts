import { and, eq } from 'drizzle-orm';
import { users } from '#db/schema/accounts.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { normaliseMailbox } from '#lib/mail/address.ts';

/** Makes a verified account an operator if `OPERATOR_EMAIL` names its address. */
export async function promoteConfiguredOperator(
  { db, settings }: DbAndSettings,
  { userId, email }: { userId: string; email: string },
): Promise<void> {
  const { operatorEmail } = settings;
  if (!operatorEmail || normaliseMailbox(operatorEmail) !== email) return;
  await db.transaction(async (tx) => {
    const promoted = await tx
      .update(users)
      .set({ isOperator: true })
      .where(and(eq(users.id, userId), eq(users.isOperator, false)))
      .returning({ id: users.id });
    if (promoted.length === 0) return;
    await recordAudit(
      tx,
      'system',
      'operator.add',
      { kind: 'user', id: userId },
      { after: { by: 'OPERATOR_EMAIL' } },
    );
  });
}
